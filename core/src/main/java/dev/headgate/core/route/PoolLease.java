package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;

/**
 * The right to one attempt on one endpoint of a pool. Confined to the pool's owner but for {@link #isCompleted}.
 *
 * <p>An attempt is accepted by the first sign of it: the endpoint's word, the first token, or a whole answer.
 */
public final class PoolLease extends Lease {
    private static final int ACCEPTED = 1;
    private static final int PREFILLED = 2;
    private static final int RESERVED = 4;

    private final PoolRouter pool;
    final Member member;
    final InstalledRouter chooser;
    final int uncachedTokens;
    int indexedTokens; // of the prompt's, by the index alone
    boolean isLearnedFrom;
    private int flags;

    PoolLease(Call call, PoolRouter pool, Member member, InstalledRouter chooser, int uncachedTokens) {
        super(call);
        this.pool = pool;
        this.member = member;
        this.chooser = chooser;
        this.uncachedTokens = uncachedTokens;
    }

    @Override
    public EndpointId endpoint() {
        return member.id();
    }

    /** Returns the prompt tokens that the endpoint was believed to have to compute. */
    public int uncachedTokens() {
        return uncachedTokens;
    }

    /** Returns the generation of the router that chose. */
    public int generation() {
        return chooser.generation;
    }

    @Override
    public void accepted(int ongoing) {
        pool.attempts.accepted(this, ongoing);
    }

    @Override
    public boolean rejected(int ongoing) {
        return pool.attempts.rejected(this, ongoing);
    }

    @Override
    public boolean died() {
        return pool.attempts.died(this);
    }

    @Override
    public boolean unavailable() {
        return pool.attempts.unavailable(this);
    }

    @Override
    public void firstToken() {
        pool.attempts.firstToken(this);
    }

    /** Says how many of the prompt's tokens were cached, as the answer tells. */
    public void cachedTokens(int tokens) {
        pool.attempts.cached(this, tokens);
    }

    /**
     * Sends what was reserved. Returns false if the endpoint is gone meanwhile; the call has then ended as failed.
     *
     * @throws IllegalStateException if it was not reserved, or was dispatched or released before
     */
    public boolean dispatch() {
        return pool.attempts.dispatch(this);
    }

    /** Gives back what was reserved and not dispatched: the same as taking back the call. */
    public boolean release() {
        return complete(Outcome.CANCELLED);
    }

    @Override
    void settle(Outcome outcome) {
        pool.attempts.settled(this, outcome);
    }

    boolean isReserved() {
        return (flags & RESERVED) != 0;
    }

    void reserve() {
        flags |= RESERVED;
    }

    void unreserve() {
        flags &= ~RESERVED;
    }

    boolean isPrefilled() {
        return (flags & PREFILLED) != 0;
    }

    /** Marks it accepted; returns false if it was. */
    boolean accept() {
        return mark(ACCEPTED);
    }

    /** Marks its first token as come; returns false if it had. */
    boolean prefill() {
        return mark(PREFILLED);
    }

    private boolean mark(int flag) {
        boolean isNew = (flags & flag) == 0;
        flags |= flag;
        return isNew;
    }
}
