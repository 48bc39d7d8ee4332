package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;

/** A request that may use some of its pool's endpoints only. */
interface Eligible {
    /**
     * Looks which of the pool's endpoints may be used at this moment; returns their tiers by index, 0 for those that may
     * not. The array is this request's own and valid until the next look.
     */
    int[] look(Candidates candidates);
}
