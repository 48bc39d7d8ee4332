package dev.headgate.core.failover;

import dev.headgate.core.pool.EndpointIds;
import org.jspecify.annotations.Nullable;

/** Which backends of its pool one request may use at a moment. Guarded by whoever looks: the lock of a policy. */
public final class BackendView {
    private final FailoverCall call;
    private final Selection selection;
    private final @Nullable Candidate only;
    private int[] tiers = new int[0]; // of those that may be used, by index; 0 = may not
    private int relaxed = Candidate.OUT;

    /** Any that {@code selection} has not tried, or {@code only} one. */
    BackendView(FailoverCall call, Selection selection, @Nullable Candidate only) {
        this.call = call;
        this.selection = selection;
        this.only = only;
    }

    /** Returns the request. */
    public FailoverRequest request() {
        return call.request;
    }

    /**
     * Looks which may be used at this moment; returns their tiers by index, 0 for those that may not. The array is valid
     * until the next look.
     */
    public int[] look(EndpointIds endpoints) {
        long now = call.router.now();
        if (tiers.length != endpoints.size()) {
            tiers = new int[endpoints.size()];
        }
        relaxed = Candidate.OUT;
        ModelPool models = selection.models();
        for (int i = 0; i < tiers.length; i++) {
            relaxed = Math.min(relaxed, use(models.find(endpoints.id(i)), now));
        }
        for (int i = 0; i < tiers.length; i++) {
            Candidate candidate = models.find(endpoints.id(i));
            boolean may = relaxed < Candidate.FULL && use(candidate, now) <= relaxed;
            tiers[i] = may && candidate != null ? candidate.backend.priority() : 0;
        }
        return tiers;
    }

    private int use(@Nullable Candidate candidate, long nowNanos) {
        if (candidate == null || (only == null ? !selection.isOpen(candidate) : candidate != only)) {
            return Candidate.OUT;
        }
        return only == null ? candidate.use(call.request, nowNanos) : Candidate.AVAILABLE;
    }

    /** Returns whether the last look found nothing that may be used. */
    public boolean isStarved() {
        return relaxed >= Candidate.FULL;
    }

    /** There is news for who waits. */
    public void proceed() {
        call.caller().proceed();
    }

    /** Returns the only backend that was asked for, null if any may be. */
    @Nullable
    Candidate only() {
        return only;
    }

    /** Returns how far the last look was relaxed, one of the constants of {@link Candidate}. */
    int relaxed() {
        return relaxed;
    }
}
