package dev.headgate.core.route;

import dev.headgate.core.failover.FailoverListener;
import dev.headgate.core.failover.RouterFault;

/** Passes on what happens to the router of one pool of backends, and counts what each was sent. */
final class RouterNews implements RouterListener {
    private final String pool;
    private final FailoverListener listener;
    private final BackendFacts facts;

    RouterNews(String pool, FailoverListener listener, BackendFacts facts) {
        this.pool = pool;
        this.listener = listener;
        this.facts = facts;
    }

    @Override
    public void sent(PoolLease lease) {
        facts.sent(lease.endpoint());
    }

    @Override
    public void routerFailed(String router, RouterFault fault) {
        listener.routerFailed(pool, router, fault);
    }

    @Override
    public void routerQuarantined(String router, int generation) {
        listener.routerQuarantined(pool, router, generation);
    }

    @Override
    public void routerSwapped(String router, int generation) {
        listener.routerSwapped(pool, router, generation);
    }
}
