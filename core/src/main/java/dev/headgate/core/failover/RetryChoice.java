package dev.headgate.core.failover;

import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.Verdict;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A backend that may be tried once more before its model is left for a fallback (gateway.md §3): one that said for how
 * long it wants to be left alone, or one that was fine until it failed.
 *
 * @param candidate which
 * @param wasAvailable whether it was fine when it was picked
 * @param isHinted whether the backend said until when
 * @param untilNanos until when, if it did
 */
record RetryChoice(Candidate candidate, boolean wasAvailable, boolean isHinted, long untilNanos) {
    private static final long MILLI = 1_000_000;
    private static final long SOONEST_NANOS = 250_000_000;
    private static final long SPREAD_NANOS = 250_000_000;

    /**
     * Returns the choice after an answer, null if it does not allow one, as the wait is too long. A hint of zero means:
     * not in this request.
     */
    static @Nullable RetryChoice after(Attempt attempt, Verdict verdict, long nowNanos) {
        boolean isLoadOrFault = verdict.status() == 429 || verdict.status() >= 500;
        if (verdict.answer() != AnswerClass.NEXT || !isLoadOrFault || verdict.cools() == CoolingCause.QUOTA) {
            return null;
        }
        if (verdict.hintMillis() > 0) {
            long hint = Math.min(verdict.hintMillis(), Long.MAX_VALUE / 4 / MILLI) * MILLI;
            long until = nowNanos + Math.max(hint, attempt.candidate.coolingNanos(nowNanos)); // may cool nothing
            long longest = attempt.settings().attempts().waitBeforeFallback().toNanos();
            return until - nowNanos > longest
                    ? null
                    : new RetryChoice(attempt.candidate, attempt.wasAvailable, true, until);
        }
        boolean isQuick = verdict.hintMillis() < 0 && verdict.status() >= 500 && attempt.wasAvailable;
        return isQuick ? new RetryChoice(attempt.candidate, true, false, 0) : null;
    }

    /** Returns the choice after a failure, null if it does not allow one: not after a timeout. */
    static @Nullable RetryChoice after(Attempt attempt, AttemptFailure failure) {
        boolean isConnection = switch (failure) {
            case CONNECT_REFUSED, NAME_NOT_RESOLVED, TLS_FAILED, RESET_BEFORE_ANSWER, NOT_HTTP, CUT -> true;
            case CONNECT_TIMEOUT, NO_TOKEN, FIRST_TOKEN_TIMEOUT, RESPONSE_TIMEOUT, DEADLINE, IDLE_TIMEOUT -> false;
        };
        return isConnection && attempt.wasAvailable ? new RetryChoice(attempt.candidate, true, false, 0) : null;
    }

    /** Returns this or {@code other}: a backend's own word first, the sooner one first, else the one that came first. */
    RetryChoice orSooner(@Nullable RetryChoice other) {
        if (other == null) {
            return this;
        }
        if (isHinted && other.isHinted) {
            return untilNanos - other.untilNanos < 0 ? this : other;
        }
        return isHinted ? this : other;
    }

    /** Returns when to try. */
    long at(long nowNanos, Supplier<RandomGenerator> random) {
        return isHinted ? untilNanos : nowNanos + SOONEST_NANOS + random.get().nextLong(SPREAD_NANOS + 1);
    }
}
