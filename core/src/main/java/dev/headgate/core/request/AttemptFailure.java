package dev.headgate.core.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The ways an attempt fails without a whole answer to classify (gateway.md §4). */
public enum AttemptFailure {
    /** The connection was refused, or no route led there. */
    CONNECT_REFUSED(CoolingCause.UNREACHABLE, false, false),
    /** The name could not be resolved. */
    NAME_NOT_RESOLVED(CoolingCause.UNREACHABLE, false, false),
    /** The TLS handshake failed. */
    TLS_FAILED(CoolingCause.UNREACHABLE, false, false),
    /** The connection was not there in time. */
    CONNECT_TIMEOUT(CoolingCause.UNREACHABLE, false, true),
    /** A token provider gave no token; the backend was not called. */
    NO_TOKEN(CoolingCause.AUTH, false, false),
    /** A fresh connection was reset or closed before the first byte of an answer. */
    RESET_BEFORE_ANSWER(CoolingCause.UNREACHABLE, true, false),
    /** What came is not an HTTP answer: malformed, oversized or unfinished head, impossible status, unexpected 101. */
    NOT_HTTP(CoolingCause.UNREACHABLE, true, false),
    /** No first token within {@code timeouts.ttft}. */
    FIRST_TOKEN_TIMEOUT(CoolingCause.TIMEOUT, true, true),
    /** No head within {@code timeouts.response}. */
    RESPONSE_TIMEOUT(CoolingCause.TIMEOUT, true, true),
    /** The request's deadline came before an answer; says nothing about the backend. */
    DEADLINE(null, true, true),
    /** Silence for longer than {@code timeouts.idle}. */
    IDLE_TIMEOUT(null, true, true),
    /** The answer ended early: reset, short body, a stream without its end, an event that is not JSON. */
    CUT(null, true, false);

    private final @Nullable CoolingCause cause;
    private final boolean mayHaveProcessed;
    private final boolean isTimeout;
    private final String label;

    AttemptFailure(@Nullable CoolingCause cause, boolean mayHaveProcessed, boolean isTimeout) {
        this.cause = cause;
        this.mayHaveProcessed = mayHaveProcessed;
        this.isTimeout = isTimeout;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /** Returns what the backend cools for; null if it counts in outlier detection only. */
    public @Nullable CoolingCause cause() {
        return cause;
    }

    /** Returns whether the upstream may have worked on it: another attempt is then charged to the retry budget. */
    public boolean mayHaveProcessed() {
        return mayHaveProcessed;
    }

    /** Returns whether it was time that ran out. */
    public boolean isTimeout() {
        return isTimeout;
    }

    /** Returns the metric label, in snake case. */
    public String label() {
        return label;
    }
}
