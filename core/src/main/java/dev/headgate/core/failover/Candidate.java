package dev.headgate.core.failover;

import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.guard.Cooldown;
import dev.headgate.core.guard.Cooldown.Phase;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.OutlierMember;
import dev.headgate.core.guard.RateLimits;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.CoolingCause;
import org.jspecify.annotations.Nullable;

/**
 * A backend as it may serve one model: its configuration and the states that the choice reads. Immutable, its parts
 * thread-safe.
 */
final class Candidate {
    /** It may be picked. */
    static final int AVAILABLE = 0;
    /** It may be picked if nothing else is left: its upstream's limits are nearly used up. */
    static final int SPENT = 1;
    /** It may be picked if nothing else is left: it is half-open and another request is its probe. */
    static final int WITHOUT_PERMIT = 2;
    /** It may not be called: its own circuit breaker has no room. */
    static final int FULL = 3;
    /** It may not be called: it cools, is ejected, drained or at a limit. */
    static final int OUT = 4;

    final Backend backend;
    final int index;
    final String upstreamModel;
    final PoolState pool;
    final BackendState state;
    final ModelState model;
    final RateLimits rates;
    final CircuitBreaker.Gate gate;
    final @Nullable OutlierMember outlier;
    final Health health;
    final BackendPart whole;
    final BackendPart part;
    private final RecentModels.Entry<ModelState> kept;

    Candidate(PoolState pool, int position, int index, String requestedModel, long nowNanos) {
        this.pool = pool;
        this.index = index;
        backend = pool.backends.get(position);
        upstreamModel = backend.upstreamName(requestedModel);
        state = pool.states[position];
        kept = state.models.entry(upstreamModel, nowNanos);
        model = kept.value;
        whole = BackendPart.whole(pool.name, backend.id().value());
        part = new BackendPart(pool.name, whole.backend(), upstreamModel);
        rates = model.rates(part, backend.limits(), pool.router.shared(), nowNanos);
        gate = pool.breaker.gate(backend.id());
        outlier = pool.outlier == null ? null : pool.outlier.member(backend.id());
        health = new Health(this, pool.router.listener);
    }

    /** Returns what a request may use it for, one of the constants; smaller is better. */
    int use(FailoverRequest request, long nowNanos) {
        CooldownSettings cooldown = pool.settings.cooldown();
        Phase ofWhole = state.cooldown.phase(nowNanos, cooldown);
        Phase ofModel = model.cooldown.phase(nowNanos, cooldown);
        if (ofWhole == Phase.COOLING || ofModel == Phase.COOLING || isHeldBack(request, nowNanos)) {
            return OUT;
        }
        if (!gate.hasRoom()) {
            return FULL;
        }
        boolean isHalfOpen = ofWhole == Phase.HALF_OPEN || ofModel == Phase.HALF_OPEN;
        if (isHalfOpen && lacksPermit(ofWhole, ofModel, nowNanos)) {
            return WITHOUT_PERMIT;
        }
        double share = pool.settings.earlySpill();
        return share > 0 && model.quota.isNearlySpent(cost(request), share, nowNanos) ? SPENT : AVAILABLE;
    }

    private boolean lacksPermit(Phase ofWhole, Phase ofModel, long nowNanos) {
        return (ofWhole == Phase.HALF_OPEN && !state.cooldown.hasProbe(nowNanos))
                || (ofModel == Phase.HALF_OPEN && !model.cooldown.hasProbe(nowNanos))
                || !pool.router.shared().mayProbe(whole);
    }

    /** Returns whether it is neither cooling nor coming back from that. */
    boolean isUndisturbed(long nowNanos) {
        CooldownSettings cooldown = pool.settings.cooldown();
        return state.cooldown.phase(nowNanos, cooldown) == Phase.AVAILABLE
                && model.cooldown.phase(nowNanos, cooldown) == Phase.AVAILABLE;
    }

    /** Returns whether a limit of ours, an ejection or an operator keeps it from being called, its cooldown aside. */
    boolean isHeldBack(FailoverRequest request, long nowNanos) {
        return state.isDrained || (outlier != null && outlier.isEjected(nowNanos)) || isLimited(request, nowNanos);
    }

    /** Returns whether one of its {@code limits} has no room for the request at the moment. */
    boolean isLimited(FailoverRequest request, long nowNanos) {
        int max = backend.limits().maxConcurrent();
        return (max > 0 && state.load.inFlight() >= max) || limitWaitNanos(request, nowNanos) > 0;
    }

    /** Returns until when its limits per minute hold the request back, 0 if they do not. */
    long limitWaitNanos(FailoverRequest request, long nowNanos) {
        return rates == RateLimits.NONE ? 0 : rates.waitNanos(cost(request), nowNanos);
    }

    /** Returns whether it may ever serve the request: it has weight, and a context window that is large enough. */
    boolean isEligible(FailoverRequest request, long contextBeyond) {
        long context = backend.limits().contextTokens();
        return backend.weight() > 0 && (context == 0 || (context > contextBeyond && cost(request) <= context));
    }

    /** Returns what the request will cost in tokens. */
    long cost(FailoverRequest request) {
        return model.estimate.tokens(request.bodyBytes(), request.outputTokens());
    }

    /** Returns its weight as of now: a share of it while it recovers. */
    double weight(boolean isUniform, long nowNanos) {
        CooldownSettings cooldown = pool.settings.cooldown();
        double share = Math.min(state.cooldown.share(nowNanos, cooldown), model.cooldown.share(nowNanos, cooldown));
        return isUniform ? share : backend.weight() * share;
    }

    /** Returns what is left of cooldowns and ejection, 0 if there is none. */
    long coolingNanos(long nowNanos) {
        long cooling = Math.max(state.cooldown.remainingNanos(nowNanos), model.cooldown.remainingNanos(nowNanos));
        return outlier != null && outlier.isEjected(nowNanos)
                ? Math.max(cooling, outlier.remainingNanos(nowNanos))
                : cooling;
    }

    /** Returns the register that a cause belongs to. */
    Cooldown cooldown(CoolingCause cause) {
        return cause.belongsToModel() ? model.cooldown : state.cooldown;
    }

    /** Takes what an attempt needs; null if another request was quicker, or it is out for a reason beyond its failures. */
    @Nullable
    Holding tryHold(FailoverRequest request, int use, long nowNanos) {
        CooldownSettings cooldown = pool.settings.cooldown();
        Cooldown.Probe ofWhole = null;
        Cooldown.Probe ofModel = null;
        if (use < WITHOUT_PERMIT) {
            if (state.cooldown.phase(nowNanos, cooldown) == Phase.HALF_OPEN) {
                ofWhole = state.cooldown.tryProbe(nowNanos);
                if (ofWhole == null) {
                    return null;
                }
            }
            if (model.cooldown.phase(nowNanos, cooldown) == Phase.HALF_OPEN) {
                ofModel = model.cooldown.tryProbe(nowNanos);
                if (ofModel == null) {
                    releaseProbe(state.cooldown, ofWhole);
                    return null;
                }
            }
        }
        int max = backend.limits().maxConcurrent();
        if (state.load.tryStart(max == 0 ? Integer.MAX_VALUE : max)) {
            long cost = cost(request);
            RateLimits.Reservation reservation = rates.tryReserve(cost, nowNanos);
            if (reservation != null) {
                model.quota.begun(cost);
                kept.used(nowNanos);
                if (ofWhole == null && ofModel == null && reservation == Holding.UNLIMITED) {
                    return Holding.PLAIN;
                }
                Holding holding = new Holding(reservation, ofWhole, ofModel);
                if (holding.isProbe()) {
                    pool.router.shared().probeBegan(whole);
                }
                return holding;
            }
            state.load.finish();
        }
        releaseProbe(state.cooldown, ofWhole);
        releaseProbe(model.cooldown, ofModel);
        return null;
    }

    /** Returns whether it may be tried again although its failures keep it cooling: nothing else keeps it back. */
    boolean mayBeRetried(FailoverRequest request, long nowNanos) {
        return state.cooldown.firmRemainingNanos(nowNanos) == 0
                && model.cooldown.firmRemainingNanos(nowNanos) == 0
                && !isHeldBack(request, nowNanos)
                && gate.hasRoom();
    }

    /** Undoes {@link #tryHold}, as nothing was sent; {@link #release} is still to follow. */
    void takeBack(FailoverRequest request, Holding holding, long nowNanos) {
        holding.reservation().refund(nowNanos);
        model.quota.takenBack(cost(request));
    }

    /** Gives back what {@link #tryHold} took, the reservation aside. */
    void release(Holding holding) {
        state.load.finish();
        releaseProbe(state.cooldown, holding.whole);
        releaseProbe(model.cooldown, holding.part);
        if (holding.isProbe()) {
            pool.router.shared().probeEnded(whole);
        }
    }

    private static void releaseProbe(Cooldown cooldown, Cooldown.@Nullable Probe probe) {
        if (probe != null) {
            cooldown.release(probe);
        }
    }

    /**
     * What an attempt holds besides its place among those in flight.
     *
     * @param reservation from the limits per minute
     * @param whole the backend's probe
     * @param part the model's probe
     */
    record Holding(RateLimits.Reservation reservation, Cooldown.@Nullable Probe whole, Cooldown.@Nullable Probe part) {
        private static final RateLimits.Reservation UNLIMITED = unlimited();
        private static final Holding PLAIN = new Holding(UNLIMITED, null, null);

        private boolean isProbe() {
            return whole != null || part != null;
        }

        private static RateLimits.Reservation unlimited() {
            RateLimits.Reservation none = RateLimits.NONE.tryReserve(0, 0);
            if (none == null) {
                throw new IllegalStateException("no limits refused");
            }
            return none;
        }
    }
}
