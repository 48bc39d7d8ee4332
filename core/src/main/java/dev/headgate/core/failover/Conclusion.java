package dev.headgate.core.failover;

import dev.headgate.core.failover.FailoverSettings.AllFailed;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import java.time.Duration;

/** What a caller reads when nothing worked (gateway.md §7), judged over the backends of all models that were tried. */
final class Conclusion {
    /** Why a call ended that had candidates left: the one reason that is told even with an upstream's own answer. */
    static final String RETRY_BUDGET = "retry_budget";

    private static final long MILLI = 1_000_000;
    private static final long LEAST_WAIT_NANOS = 100 * MILLI;

    private final FailoverCall call;
    private final CallHistory history;
    private final int attempts;
    private final PoolState home;
    private boolean isThrottled;
    private boolean isEmpty = true;
    private boolean allCool = true;
    private long soonest = Long.MAX_VALUE;

    /** Judges the legs up to {@code lastLeg}. */
    Conclusion(FailoverCall call, CallHistory history, int lastLeg, int attempts, long nowNanos) {
        this.call = call;
        this.attempts = attempts;
        this.history = history;
        home = call.legs.get(0).pool();
        for (int i = 0; i <= lastLeg; i++) {
            for (Candidate candidate : call.legs.get(i).models(nowNanos).candidates) {
                if (candidate.isEligible(call.request, 0) && !candidate.state.isDrained) {
                    look(candidate, nowNanos);
                }
            }
        }
        isThrottled |= history.wasThrottled();
    }

    /** Returns the answer, with {@code reason} for those of our own. */
    Step step(String reason) {
        AllFailed rule = home.settings.allFailed();
        Attempt answered = history.lastAnswered();
        boolean isLate = "deadline".equals(reason);
        if (attempts == 0 && !isLate) {
            call.router.listener.noBackendAvailable(call.request.model(), soonestNanos() / MILLI);
        }
        boolean isThrottledAnswer = rule == AllFailed.THROTTLED
                ? !isEmpty || answered != null
                : isThrottled && !(rule == AllFailed.LAST_RESPONSE && answered != null);
        if (isThrottledAnswer) {
            return refuse(FailureKind.ALL_BACKENDS_THROTTLED, "All backends are throttled", reason);
        }
        if (answered != null) {
            return handOver(answered, RETRY_BUDGET.equals(reason) ? reason : "");
        }
        if (attempts > 0) {
            return history.lastTimedOut()
                    ? refuse(FailureKind.UPSTREAM_TIMEOUT, "No backend answered in time", reason)
                    : refuse(FailureKind.UPSTREAM_UNREACHABLE, "No backend could be reached", reason);
        }
        if (isLate) {
            return refuse(FailureKind.DEADLINE_EXCEEDED, "The deadline leaves no time for an attempt", reason);
        }
        return refuse(FailureKind.NO_BACKEND_AVAILABLE, "No backend is available", reason);
    }

    /** Returns the answer of a circuit breaker without room. */
    Step overflow() {
        long seconds = home.guards.retryAfterSeconds(call.request.priority());
        Failure failure = Failure.retryAfter(
                FailureKind.OVERLOADED, "There are too many requests at the moment.", Duration.ofSeconds(seconds));
        return new Step.Refuse(failure, new Step.Advice(seconds * 1000, false, true, "overflow"));
    }

    private void look(Candidate candidate, long nowNanos) {
        isEmpty = false;
        long cooling = candidate.coolingNanos(nowNanos);
        boolean isLimited = candidate.isLimited(call.request, nowNanos);
        isThrottled |= isLimited || candidate.model.cooldown.isThrottled(nowNanos);
        allCool &= cooling > 0;
        soonest = Math.min(soonest, Math.max(cooling, candidate.limitWaitNanos(call.request, nowNanos)));
    }

    private Step handOver(Attempt answered, String reason) {
        boolean asksToComeBack = history.lastStatus() == 429 || history.lastStatus() == 503;
        long wait = asksToComeBack || (allCool && !isEmpty) ? waitMillis() : 0;
        Step.Advice advice = new Step.Advice(wait, attempts >= 2 && !asksToComeBack, false, reason);
        return history.isInHand(answered) ? new Step.Return(answered, advice) : new Step.ReturnLast(answered, advice);
    }

    private Step refuse(FailureKind kind, String sentence, String reason) {
        boolean asksToComeBack = kind.httpStatus() == 429 || kind.httpStatus() == 503;
        long wait = asksToComeBack ? waitMillis() : 0;
        String model = call.request.model();
        StringBuilder message = new StringBuilder(sentence);
        if (!model.isEmpty()) {
            message.append(" for model ").append(FailoverRouter.quoted(model));
        }
        if (wait > 0) {
            message.append("; try again in ").append((wait + 999) / 1000).append(" s");
        }
        message.append('.');
        Step.Advice advice = new Step.Advice(wait, attempts >= 2 && !asksToComeBack, false, reason);
        return new Step.Refuse(Failure.retryAfter(kind, message.toString(), Duration.ofMillis(wait)), advice);
    }

    private long waitMillis() {
        CooldownSettings cooldown = home.settings.cooldown();
        double spread = 1;
        if (cooldown.jitter() > 0) {
            spread += cooldown.jitter() * call.router.random().get().nextDouble();
        }
        long wait = (long) Math.ceil(Math.max(soonestNanos(), LEAST_WAIT_NANOS) * spread / MILLI);
        long most = cooldown.reportMax().toMillis();
        return most > 0 ? Math.min(wait, most) : wait;
    }

    private long soonestNanos() {
        return soonest == Long.MAX_VALUE ? 0 : soonest;
    }
}
