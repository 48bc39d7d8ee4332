package dev.headgate.core.route;

import dev.headgate.core.place.Fleet;
import dev.headgate.core.place.PlacementPolicy;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.place.Policies;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Ticker;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Routes tasks to workers that hold a few models each: a task waits until a worker can run it, and models are loaded
 * where that costs least.
 *
 * <p>A state machine: calls and workers' words go in, {@link WorkerPort} commands and {@link Call} callbacks come out.
 * Every public method tells it something, lets the policy decide and then delivers callbacks. Confined to its owner, who
 * also calls {@link #advance} no later than {@link #nextWakeup} says.
 */
public final class PlacingRouter implements Router {
    private final DispatchState state;
    private final PlacementPolicy policy;
    private final Attempts attempts;
    private final Door door;
    private final WorkerLinks workers;
    private final Residency residency;
    private final Drains drains;
    private final Orders orders;
    private final WorkerChoices choices;
    private int depth;

    /** Creates a router without workers; {@code policy} is one of {@link Policies#NAMES}. */
    public PlacingRouter(
            DispatchSettings settings,
            String policy,
            PlacementSettings placement,
            Ticker ticker,
            RandomGenerator random,
            WorkerPort port,
            RouterListener listener) {
        this.policy = Policies.named(policy, placement, random);
        this.state =
                new DispatchState(settings, new Fleet(placement.popularityWindow()), ticker, random, port, listener);
        this.attempts = new Attempts(state, this);
        this.door = new Door(state);
        this.orders = new Orders(state, attempts);
        this.residency = new Residency(state, attempts, door, this.policy, orders);
        this.drains = new Drains(state, placement);
        this.workers = new WorkerLinks(state, attempts, door, residency);
        this.choices = new WorkerChoices(this, state, policy);
        workers.expectOne();
    }

    /** Returns who chooses among workers that could all run a task. */
    public WorkerChoices choices() {
        return choices;
    }

    @Override
    public Decision route(Call call) {
        enter();
        try {
            CallTicket ticket = attempts.newTicket(call);
            Failure refusal = door.refusal(ticket);
            if (refusal != null) {
                call.hasEnded = true;
                state.listener.refused(call, refusal);
                return new Decision.Refused(refusal);
            }
            attempts.begin(call, ticket);
            state.routing = call;
            decide();
            state.routing = null;
            Lease lease = call.lease;
            return lease != null ? new Decision.Routed(lease) : Decision.WAITING;
        } finally {
            state.routing = null;
            leave();
        }
    }

    @Override
    public void cancel(Call call) {
        tell(() -> attempts.cancel(call));
    }

    /** Refuses everything new from now on; what was accepted goes on. */
    public void drain() {
        state.isDraining = true;
    }

    /** Returns whether nothing waits and nothing runs. */
    public boolean isIdle() {
        return state.room.size() == 0
                && state.links.values().stream()
                        .allMatch(link -> link.leases.isEmpty() && link.boundWhileLoading.isEmpty());
    }

    /** A worker connected. */
    public Joined workerJoined(WorkerOffer offer) {
        enter();
        try {
            Joined joined = workers.join(offer);
            decide();
            return joined;
        } finally {
            leave();
        }
    }

    /** A frame of any kind came from {@code worker}. */
    public void workerHeard(EndpointId worker) {
        tell(() -> workers.heard(worker));
    }

    /** The connection of {@code worker} closed; it may come back within the grace. */
    public void workerClosed(EndpointId worker) {
        tell(() -> workers.closed(worker));
    }

    /** {@code worker} said goodbye and is lost at once. */
    public void workerLeft(EndpointId worker) {
        tell(() -> workers.left(worker));
    }

    /** {@code worker} is to end: what only it holds is loaded elsewhere, then it gets no more work. */
    public void workerDrains(EndpointId worker) {
        tell(() -> drains.begin(worker));
    }

    /** {@code worker} began a task. */
    public void taskAccepted(EndpointId worker, LeaseKey key) {
        PlacedLease lease = lease(worker, key);
        if (lease != null) {
            lease.accept();
        }
    }

    /** {@code worker} would not take a task, which waits again; not an attempt. */
    public void taskRejected(EndpointId worker, LeaseKey key) {
        tell(() -> {
            PlacedLease lease = lease(worker, key);
            WorkerLink link = state.links.get(worker);
            if (lease != null && link != null) {
                attempts.rejected(lease);
                workers.pause(link);
            }
        });
    }

    /** {@code worker} does not hold the model of a task that it was sent; the task waits again. */
    public void taskRejectedNotLoaded(EndpointId worker, LeaseKey key) {
        tell(() -> {
            PlacedLease lease = lease(worker, key);
            if (lease != null) {
                attempts.rejected(lease);
                if (lease.worker().copies().contains(lease.copy())) {
                    state.fleet.evict(lease.copy());
                }
            }
        });
    }

    /**
     * {@code worker} is done with a task after {@code runNanos}. Returns the lease if this was its outcome; null for a
     * lease that is no longer valid or was completed before, whose answer is dropped.
     */
    public @Nullable PlacedLease taskEnded(EndpointId worker, LeaseKey key, Outcome outcome, long runNanos) {
        enter();
        try {
            PlacedLease lease = lease(worker, key);
            if (lease == null) {
                state.listener.staleAnswer(worker, key);
                return null;
            }
            if (outcome instanceof Outcome.Completed) {
                lease.copy().model().ran(runNanos);
            }
            boolean first = !lease.isCompleted();
            attempts.answered(lease, outcome);
            decide();
            return first ? lease : null;
        } finally {
            leave();
        }
    }

    /** Returns the valid lease of that name, null if there is none. */
    public @Nullable PlacedLease currentLease(EndpointId worker, LeaseKey key) {
        return lease(worker, key);
    }

    /** {@code worker} holds {@code label} from now on, after a load of {@code loadNanos}. */
    public void modelReady(EndpointId worker, String label, long loadNanos, long sizeBytes) {
        tell(() -> residency.ready(worker, label, loadNanos, sizeBytes));
    }

    /** {@code worker} could not load {@code label}, for a reason that may pass. */
    public void modelFailed(EndpointId worker, String label, String error) {
        tell(() -> residency.failed(worker, label, error, Residency.Prospect.SOME));
    }

    /** {@code worker} cannot load {@code label}, and trying again will not help. */
    public void modelFailedForGood(EndpointId worker, String label, String error) {
        tell(() -> residency.failed(worker, label, error, Residency.Prospect.NONE));
    }

    /** {@code worker} no longer holds {@code label}. */
    public void modelUnloaded(EndpointId worker, String label) {
        tell(() -> residency.unloaded(worker, label));
    }

    /** Runs what is due. */
    public void advance() {
        tell(() -> {
            state.wakeups.advance(state.now()); // first, so that nothing is chosen for a task whose deadline has come
            choices.advance();
        });
    }

    /** Returns when {@link #advance} is due next, on the ticker; empty if nothing is set. */
    public OptionalLong nextWakeup() {
        return choices.nextWakeup(state.wakeups.next());
    }

    /** Returns what is known of workers and models, to be read in the owner's context. */
    public Fleet fleet() {
        return state.fleet;
    }

    /** Returns how many calls wait. */
    public int waiting() {
        return state.room.size();
    }

    /** Returns whether {@code worker} is about to leave. */
    public boolean isDraining(EndpointId worker) {
        WorkerLink link = state.links.get(worker);
        return link != null && (link.isDraining || link.drainPlan != null);
    }

    /** Returns whether {@code worker} is joined but silent. */
    public boolean isSuspect(EndpointId worker) {
        WorkerLink link = state.links.get(worker);
        return link != null && (link.isSuspect || !link.isConnected);
    }

    DispatchState state() {
        return state;
    }

    void settled(PlacedLease lease, Outcome outcome) {
        attempts.settled(lease, outcome);
    }

    void lose(WorkerLink link, String reason) {
        workers.lose(link, reason);
    }

    private @Nullable PlacedLease lease(EndpointId worker, LeaseKey key) {
        WorkerLink link = state.links.get(worker);
        return link == null ? null : link.lease(key);
    }

    private void tell(Runnable change) {
        enter();
        try {
            change.run();
            decide();
        } finally {
            leave();
        }
    }

    /** Something is known that placement waited for. */
    void decideAgain() {
        tell(() -> {});
    }

    private void decide() {
        drains.advance(orders);
        choices.refresh();
        policy.decide(state.fleet, state.room, state.now(), orders);
    }

    private void enter() {
        depth++;
    }

    /** Delivers callbacks at the end of the outermost call; what they tell the router joins the same queue. */
    private void leave() {
        try {
            if (depth == 1) {
                for (Runnable next = state.callbacks.poll(); next != null; next = state.callbacks.poll()) {
                    next.run();
                }
            }
        } finally {
            depth--;
        }
    }
}
