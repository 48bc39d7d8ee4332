package dev.headgate.core.failover;

import java.util.Locale;

/** How a router can fail in one choice; the fallback policy then chooses. The metric tag is the lower-case name. */
public enum RouterFault {
    /** It threw. */
    EXCEPTION,
    /** It named a candidate that is not there. */
    BAD_INDEX,
    /** It met a score that is no number, and said so by an {@link ArithmeticException}. */
    NAN,
    /** It gave no answer in time. */
    TIMEOUT;

    /** Returns the value of the metric tag {@code kind}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns which of these an exception is. */
    public static RouterFault of(Throwable thrown) {
        if (thrown instanceof IndexOutOfBoundsException) {
            return BAD_INDEX;
        }
        return thrown instanceof ArithmeticException ? NAN : EXCEPTION;
    }
}
