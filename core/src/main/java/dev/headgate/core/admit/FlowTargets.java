package dev.headgate.core.admit;

import dev.headgate.core.request.InferenceRequest;
import java.time.Duration;

/**
 * When the tokens of an answer are wanted.
 *
 * @param ttft until the first token of a request without a prompt, &gt; 0
 * @param ttftPerToken what each token of its prompt adds, ≥ 0
 * @param tpot between two later tokens, &gt; 0
 */
public record FlowTargets(Duration ttft, Duration ttftPerToken, Duration tpot) {
    /** The targets of a pool that names none: those that the simulator judges by. */
    public static final FlowTargets DEFAULTS =
            new FlowTargets(Duration.ofSeconds(2), Duration.ZERO, Duration.ofMillis(50));

    public FlowTargets {
        if (ttft.isNegative() || ttft.isZero() || tpot.isNegative() || tpot.isZero() || ttftPerToken.isNegative()) {
            throw new IllegalArgumentException("targets: ttft " + ttft + ", per token " + ttftPerToken + ", tpot "
                    + tpot + " (expected: > 0, >= 0, > 0)");
        }
    }

    /** Returns after how many nanoseconds {@code request} wants its first token. */
    public long ttftNanos(InferenceRequest request) {
        return ttft.toNanos() + ttftPerToken.toNanos() * request.prompt().tokens();
    }
}
