package dev.headgate.core.route;

import dev.headgate.core.guard.EndpointGuard;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;

/** A slot of an endpoint. */
final class PickedLease extends Lease {
    private final EndpointGuard guard;
    private final PickingRouter router;

    PickedLease(Call call, EndpointGuard guard, PickingRouter router) {
        super(call);
        this.guard = guard;
        this.router = router;
    }

    @Override
    public EndpointId endpoint() {
        return guard.endpoint().id();
    }

    @Override
    void settle(Outcome outcome) {
        guard.leave();
        try {
            call().ended(outcome);
        } finally {
            router.serveWaiting();
        }
    }
}
