package dev.headgate.core.route;

import dev.headgate.core.admit.Admission;
import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.admit.LabelQueue;
import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;
import dev.headgate.core.guard.EndpointGuard;
import dev.headgate.core.pick.Picker;
import dev.headgate.core.pool.PoolSnapshot;
import dev.headgate.core.pool.SerialContext;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Routes over endpoints that can serve at once: pick one that has room, else wait until one has.
 *
 * <p>Thread-safe as far as its picker is. While nobody waits, routing and completing take no lock and allocate only the
 * lease. Whoever waits is served first: a newcomer does not overtake. Callbacks run without the lock.
 */
public final class PickingRouter implements Router {
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final Picker picker;
    private final Ticker ticker;
    private final WaitingRoom waiting;
    private final Admission admission;
    private final ReentrantLock lock = new ReentrantLock(); // guards the waiting room and the sequence
    private final SerialContext grants = new SerialContext();
    private long sequence;
    private volatile int waitingCount;
    private volatile GuardedEndpoints endpoints;

    /** Creates a router over the endpoints of {@code snapshot}. */
    public PickingRouter(PoolSnapshot snapshot, Picker picker, AdmissionLimits limits, Ticker ticker) {
        this.picker = picker;
        this.ticker = ticker;
        this.waiting = new WaitingRoom(ticker.nanos(), Map.of());
        this.admission = new Admission(limits, waiting);
        this.endpoints = GuardedEndpoints.of(snapshot, null);
    }

    /** Changes the endpoints; those that stay keep their load. */
    public void endpointsChanged(PoolSnapshot snapshot) {
        lock.lock();
        try {
            endpoints = GuardedEndpoints.of(snapshot, endpoints);
        } finally {
            lock.unlock();
        }
        serveWaiting();
    }

    @Override
    public Decision route(Call call) {
        InferenceRequest request = call.request();
        if (waitingCount == 0) {
            EndpointGuard guard = enter(request);
            if (guard != null) {
                return new Decision.Routed(lease(call, guard));
            }
        }
        Decision decision = queue(call);
        serveWaiting();
        return decision;
    }

    @Override
    public void cancel(Call call) {
        boolean left;
        lock.lock();
        try {
            left = call.ticket != null && call.ticket.cancel();
            waitingCount = waiting.size();
        } finally {
            lock.unlock();
        }
        Lease lease = call.lease;
        if (left) {
            call.ended(Outcome.CANCELLED);
        } else if (lease != null) {
            lease.complete(Outcome.CANCELLED);
        }
    }

    /** Returns how many calls wait. */
    public int waiting() {
        return waitingCount;
    }

    private @Nullable EndpointGuard enter(InferenceRequest request) {
        GuardedEndpoints.View candidates = endpoints.candidatesFor(request.model());
        // Another thread may take the last slot of what was picked; then the pick is repeated on what is left.
        for (int i = picker.pick(candidates, request); i != Picker.NONE; i = picker.pick(candidates, request)) {
            EndpointGuard guard = candidates.guard(i);
            if (guard.tryEnter()) {
                return guard;
            }
        }
        return null;
    }

    private PickedLease lease(Call call, EndpointGuard guard) {
        PickedLease lease = new PickedLease(call, guard, this);
        call.attempts++;
        call.lease = lease;
        return lease;
    }

    private Decision queue(Call call) {
        lock.lock();
        try {
            InferenceRequest request = call.request();
            if (endpoints.candidatesFor(request.model()).size() == 0) {
                return new Decision.Refused(Failure.of(
                        FailureKind.UNKNOWN_LABEL, "model: " + request.model() + " (no endpoint serves it)"));
            }
            CallTicket ticket = new CallTicket(waiting, call, sequence++, ticker.nanos());
            Optional<String> refusal = admission.refusal(ticket);
            if (refusal.isPresent()) {
                return new Decision.Refused(Failure.retryAfter(FailureKind.QUEUE_FULL, refusal.get(), TRY_AGAIN));
            }
            call.ticket = ticket;
            waiting.add(ticket);
            waitingCount = waiting.size();
            return new Decision.Waiting(ticket);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Grants what waits, first in order first, as long as something can be granted.
     *
     * <p>Grants run one after another, so that calls which end at once, in their callback, do not nest.
     */
    void serveWaiting() {
        if (waitingCount > 0) {
            grants.execute(this::serveOne);
        }
    }

    private void serveOne() {
        Lease granted = grantOne();
        if (granted != null) {
            grants.execute(this::serveOne); // after this one
            granted.call().granted(granted);
        }
    }

    private @Nullable Lease grantOne() {
        lock.lock();
        try {
            List<LabelQueue> inOrder = new ArrayList<>(waiting.waitingLabels());
            inOrder.sort(Comparator.comparing(LabelQueue::first, WaitingRoom::inOrder));
            for (LabelQueue queue : inOrder) {
                Ticket first = queue.first();
                EndpointGuard guard = first == null ? null : enter(first.request());
                if (guard != null && first instanceof CallTicket ticket && ticket.grant()) {
                    waitingCount = waiting.size();
                    return lease(ticket.call(), guard);
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }
}
