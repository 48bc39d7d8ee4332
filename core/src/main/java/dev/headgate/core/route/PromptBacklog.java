package dev.headgate.core.route;

import java.util.ArrayDeque;

/**
 * The prompts that one endpoint has still to compute, in the order in which they were sent, and how long that takes.
 *
 * <p>An engine computes them in order, so the time since the last first token, or since it had none to compute, was spent on
 * the oldest. That one is not done before its first token comes: a part of it always remains, however long it has taken.
 */
final class PromptBacklog {
    /** How much of a prompt may be taken for done before its first token. */
    private static final double MOST_DONE = 0.9;

    private final ArrayDeque<Call> calls = new ArrayDeque<>();
    private double seconds;
    private long sinceNanos; // the oldest is being computed

    /** A prompt was sent that takes {@code call.prefillSeconds}. */
    void add(Call call, long nowNanos) {
        if (calls.isEmpty()) {
            sinceNanos = nowNanos;
        }
        calls.addLast(call);
        seconds += call.prefillSeconds;
    }

    /** A prompt was computed, or will not be. */
    void remove(Call call, long nowNanos) {
        if (calls.remove(call)) {
            seconds = calls.isEmpty() ? 0 : seconds - call.prefillSeconds;
            sinceNanos = nowNanos;
        }
    }

    /** Returns the seconds until all are computed, ≥ 0. */
    double secondsLeft(long nowNanos) {
        Call oldest = calls.peekFirst();
        if (oldest == null) {
            return 0;
        }
        double spent = (nowNanos - sinceNanos) / 1e9;
        return Math.max(0, seconds - Math.min(spent, MOST_DONE * oldest.prefillSeconds));
    }
}
