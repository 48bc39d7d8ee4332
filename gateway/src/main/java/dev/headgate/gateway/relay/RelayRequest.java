package dev.headgate.gateway.relay;

import dev.headgate.core.failover.FailoverRequest;
import dev.headgate.core.request.RequestFacts;
import dev.headgate.core.request.RequestTarget;
import dev.headgate.core.signal.PromptTail;
import org.jspecify.annotations.Nullable;

/**
 * What is asked, read from a request.
 *
 * @param target path and query
 * @param facts what the body says; null if it was not read
 * @param request to build attempts from
 * @param pool where it goes first
 * @param requestId its name
 * @param startNanos when it was whole
 * @param failover as the core sees it
 * @param tail where its prompt ends, if the answer is to be indexed behind it; else null
 */
record RelayRequest(
        RequestTarget target,
        @Nullable RequestFacts facts,
        AttemptRequest request,
        RelayConfig.RoutedPool pool,
        String requestId,
        long startNanos,
        FailoverRequest failover,
        @Nullable PromptTail tail) {

    /** Returns whether the caller asked for a stream. */
    boolean streams() {
        return facts != null && facts.streams();
    }

    /** Returns how many choices the caller asked for, at least one. */
    int choices() {
        return facts == null ? 1 : Math.max(1, facts.choices());
    }
}
