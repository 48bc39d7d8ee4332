package dev.headgate.core.failover;

import dev.headgate.core.failover.FailoverSettings.TripOn;
import dev.headgate.core.guard.Cooldown;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.OutlierMember;
import dev.headgate.core.guard.QuotaReport;
import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.Verdict;

/**
 * What attempts teach about their backend: the right column of the table of gateway.md §4, and which of it concerns other
 * processes as well (§12). Thread-safe.
 */
final class Health {
    private static final long MILLI = 1_000_000;
    private static final long NO_TOKEN_NANOS = 10_000 * MILLI;
    private static final int TIMEOUTS_THAT_COOL = 2;
    private static final int FAILURES_THAT_ARE_SHARED = 2;

    private final Candidate candidate;
    private final FailoverListener listener;

    Health(Candidate candidate, FailoverListener listener) {
        this.candidate = candidate;
        this.listener = listener;
    }

    /** An attempt that began at {@code began} was answered with something other than a success. */
    void learn(Verdict verdict, long began, long now) {
        CoolingCause cause = verdict.cools();
        boolean isLeftToOutlier = cause == CoolingCause.FAILED && candidate.pool.settings.tripOn() == TripOn.OUTLIER;
        if (cause != null && !isLeftToOutlier) {
            cool(cause, verdict, began, now);
        } else if (verdict.answer() != AnswerClass.NEXT) {
            alive(began, now);
        }
        if (candidate.outlier != null) {
            count(candidate.outlier, verdict, now);
        }
    }

    /** An attempt failed without an answer. */
    void learn(AttemptFailure failure, long began, long now) {
        CoolingCause cause = failure.cause();
        boolean isTimeout = cause == CoolingCause.TIMEOUT;
        boolean cools = !isTimeout || candidate.model.timeoutsInRow.incrementAndGet() >= TIMEOUTS_THAT_COOL;
        if (cause != null && cools) {
            cool(
                    cause,
                    0,
                    failure == AttemptFailure.NO_TOKEN ? NO_TOKEN_NANOS : Cooldown.NO_HINT,
                    "default",
                    began,
                    now);
        }
        broken(failure, now);
    }

    /** A committed attempt broke. */
    void broken(AttemptFailure failure, long now) {
        if (candidate.outlier != null) {
            heed(candidate.outlier.failed(failure, now), now);
        }
    }

    /** A committed attempt's stream reported an error. */
    void broken(Verdict verdict, long began, long now) {
        if (verdict.cools() == CoolingCause.THROTTLED) {
            cool(CoolingCause.THROTTLED, verdict, began, now);
        } else if (candidate.outlier != null) {
            count(candidate.outlier, verdict, now);
        }
    }

    /** An answer came whose headers may say what is left of its limits. */
    void told(HeaderFields headers) {
        SharedPort shared = candidate.pool.router.shared();
        if (shared.takesReports()) {
            QuotaReport report = QuotaReport.of(headers);
            if (!report.isEmpty()) {
                shared.left(candidate.part, report);
            }
        }
    }

    private void cool(CoolingCause cause, Verdict verdict, long began, long now) {
        boolean isHinted = verdict.hintMillis() >= 0;
        long hint = isHinted ? Math.min(verdict.hintMillis(), Long.MAX_VALUE / MILLI) * MILLI : Cooldown.NO_HINT;
        boolean isFixed = cause == CoolingCause.AUTH || cause == CoolingCause.QUOTA;
        String source = isHinted && !isFixed ? verdict.hintSource() : "default";
        long asked = isFixed ? Cooldown.NO_HINT : hint;
        cool(cause, verdict.status(), asked, source, began, now);
        if (concernsAll(cause, began, now)) {
            share(cause, asked);
        }
    }

    /** Tells the others. */
    private void share(CoolingCause cause, long hintNanos) {
        Cooldown cooldown = candidate.cooldown(cause);
        long wait = cooldown.tripNanos(cause, hintNanos, candidate.pool.settings.cooldown());
        if (wait > 0) {
            BackendPart part = cause.belongsToModel() ? candidate.part : candidate.whole;
            candidate.pool.router.shared().cooled(part, cause, wait);
        }
    }

    private void cool(CoolingCause cause, int status, long hintNanos, String source, long began, long now) {
        Cooldown cooldown = candidate.cooldown(cause);
        if (cooldown.cool(cause, hintNanos, began, now, candidate.pool.settings.cooldown())) {
            String part = cause.belongsToModel() ? candidate.upstreamModel : "";
            long wait = cooldown.remainingNanos(now) / MILLI;
            listener.cooling(candidate.pool.name, candidate.backend.id().value(), part, cause, status, wait, source);
        }
    }

    /** Returns whether other processes will meet the same answer: what cannot be reached from here may be from there. */
    private boolean concernsAll(CoolingCause cause, long began, long now) {
        return switch (cause) {
            case THROTTLED, AUTH, QUOTA -> true;
            case FAILED -> candidate.model.failures.failed(began, now) >= FAILURES_THAT_ARE_SHARED;
            case TIMEOUT, UNREACHABLE -> false;
        };
    }

    /** An attempt found it alive, without a success as yet. */
    void alive(long began, long now) {
        CooldownSettings cooldown = candidate.pool.settings.cooldown();
        tellIfBack(
                candidate.state.cooldown.alive(began, now, cooldown),
                candidate.model.cooldown.alive(began, now, cooldown));
    }

    /** An attempt succeeded. */
    void succeeded(long began, long now) {
        CooldownSettings cooldown = candidate.pool.settings.cooldown();
        tellIfBack(
                candidate.state.cooldown.succeeded(began, now, cooldown),
                candidate.model.cooldown.succeeded(began, now, cooldown));
        if (candidate.model.timeoutsInRow.get() != 0) {
            candidate.model.timeoutsInRow.set(0);
        }
        candidate.model.failures.succeeded();
        candidate.state.successes.increment();
        if (candidate.outlier != null) {
            candidate.outlier.succeeded();
        }
    }

    private void tellIfBack(boolean whole, boolean part) {
        if (whole) {
            listener.available(candidate.pool.name, candidate.backend.id().value(), "");
        }
        if (part) {
            listener.available(candidate.pool.name, candidate.backend.id().value(), candidate.upstreamModel);
        }
    }

    private void count(OutlierMember outlier, Verdict verdict, long now) {
        if (verdict.countsAsError()) {
            heed(outlier.failed(verdict.status(), now), now);
        } else {
            outlier.succeeded();
        }
    }

    private void heed(boolean isEjected, long now) {
        if (isEjected && candidate.outlier != null) {
            long wait = candidate.outlier.remainingNanos(now) / MILLI;
            listener.ejected(candidate.pool.name, candidate.backend.id().value(), wait);
        }
    }
}
