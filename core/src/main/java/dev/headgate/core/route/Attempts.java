package dev.headgate.core.route;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.place.Copy;
import dev.headgate.core.place.Model;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The life of a call in a {@link PlacingRouter}: wait, attempt, maybe again, and one end. */
final class Attempts {
    /** A run this many times longer than expected is stuck, see dispatch.md §4. */
    private static final double OVERDUE_RUNS = 20;

    private static final double OVERDUE_AT_LEAST_NANOS = 60e9;

    private static final Outcome REFUSED = new Outcome.Throttled(Duration.ZERO);

    private final DispatchState state;
    private final PlacingRouter router;
    private final String uidPrefix;
    private long sequence;

    Attempts(DispatchState state, PlacingRouter router) {
        this.state = state;
        this.router = router;
        this.uidPrefix = Long.toHexString(state.random.nextLong()) + "-";
    }

    CallTicket newTicket(Call call) {
        return new CallTicket(state.room, call, sequence++, state.now());
    }

    /** Lets a call wait for the first time. */
    void begin(Call call, CallTicket ticket) {
        call.ticket = ticket;
        state.room.add(ticket);
        state.fleet.requested(state.fleet.model(call.request().model()), state.now());
        if (call.request().deadline().isSet()) {
            call.deadline = state.wakeups.at(call.request().deadline().atNanos(), () -> expire(call));
        }
    }

    /** Lets a call wait again in its first place. */
    private void again(CallTicket before) {
        Call call = before.call();
        CallTicket ticket = new CallTicket(state.room, call, before.sequence(), before.arrivedNanos());
        ticket.avoidLike(before);
        call.lease = null;
        call.ticket = ticket;
        state.room.add(ticket);
    }

    /** Sends a call; its ticket may hold a run slot already. */
    void assign(CallTicket ticket, Copy copy) {
        Call call = ticket.call();
        WorkerLink link = linkOf(copy);
        if (ticket.grant()) {
            state.fleet.beginRun(ticket, copy, state.now());
        }
        call.attempts++;
        LeaseKey key = new LeaseKey(uidPrefix + ticket.sequence(), call.attempts, state.random.nextLong());
        Lease routed = state.pool == null ? null : state.pool.sent(ticket, copy);
        PlacedLease lease = new PlacedLease(router, key, copy, ticket, state.now(), routed);
        lease.overdue = state.wakeups.at(
                state.now()
                        + (long) Math.max(
                                OVERDUE_AT_LEAST_NANOS,
                                OVERDUE_RUNS * copy.model().runNanos()),
                () -> stop(lease, "no progress"));
        call.lease = lease;
        link.leases.put(key.token(), lease);
        state.port.assign(lease);
        state.listener.assigned(lease);
        if (call != state.routing) {
            state.callbacks.add(() -> call.granted(lease));
        }
    }

    /** A worker is done with a lease, whatever came out; frees its slot. */
    void answered(PlacedLease lease, Outcome outcome) {
        release(lease, outcome);
        boolean stoppedByUs = lease.isCancelling && outcome instanceof Outcome.Cancelled;
        lease.complete(stoppedByUs ? lost(lease, "was stopped after making no progress") : outcome);
    }

    /** The worker of a lease is gone. */
    void lost(PlacedLease lease) {
        Outcome outcome = lost(lease, "was lost");
        release(lease, outcome);
        lease.complete(outcome);
    }

    private static Outcome lost(PlacedLease lease, String what) {
        return new Outcome.Failed(Failure.of(
                FailureKind.WORKER_LOST, "worker " + lease.endpoint() + " " + what + " while it ran the task"));
    }

    private void release(PlacedLease lease, Outcome outcome) {
        WorkerLink link = linkOf(lease.copy());
        link.leases.remove(lease.key().token());
        if (lease.overdue != null) {
            lease.overdue.cancel();
        }
        long now = state.now();
        state.fleet.endRun(lease.worker(), lease.ticket(), now);
        if (lease.routed != null) {
            lease.routed.complete(outcome);
        }
        lease.ticket().tenant().charge((now - lease.startedNanos + lease.loadNanos()) / 1e9);
    }

    /** A worker refused a task: not an attempt. */
    void rejected(PlacedLease lease) {
        release(lease, REFUSED);
        lease.call().attempts--;
        lease.complete(REFUSED);
    }

    /** A bound task whose model did not load waits again. */
    void unbind(CallTicket ticket, Copy copy) {
        state.fleet.endRun(copy.worker(), ticket, state.now());
        if (!ticket.call().hasEnded) {
            again(ticket);
        }
    }

    /** How a lease came out: the end of its call, or one attempt more if the worker was lost. */
    void settled(PlacedLease lease, Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed && failed.failure().kind() == FailureKind.WORKER_LOST) {
            retryOrEnd(lease, failed);
        } else if (outcome == REFUSED) {
            again(lease.ticket());
        } else {
            end(lease.call(), outcome);
        }
    }

    private void retryOrEnd(PlacedLease lease, Outcome.Failed failed) {
        Call call = lease.call();
        if (!call.request().isIdempotent() && lease.isAccepted) {
            end(call, failed);
        } else if (call.attempts >= state.settings.attempts()) {
            String message = "all " + call.attempts + " attempts were lost with their workers";
            end(call, new Outcome.Failed(Failure.of(FailureKind.POISONED, message)));
        } else {
            lease.ticket().avoid(lease.worker().process());
            again(lease.ticket());
        }
    }

    /** The caller is gone. */
    void cancel(Call call) {
        if (!call.hasEnded) {
            abandon(call, Outcome.CANCELLED, "the caller went away");
        }
    }

    private void expire(Call call) {
        Failure failure = Failure.of(
                FailureKind.DEADLINE_EXCEEDED,
                call.lease == null
                        ? "the deadline passed while the task waited"
                        : "the deadline passed during the run");
        abandon(call, new Outcome.Failed(failure), "deadline");
    }

    /** Ends all calls that wait for {@code model}, or all that wait if it is null. */
    void refuseWaiting(@Nullable Model model, Failure failure) {
        for (Ticket first = first(model); first != null; first = first(model)) {
            refuse(first, failure);
        }
    }

    /** Ends the call of a ticket that waits. */
    void refuse(Ticket ticket, Failure failure) {
        ticket.cancel();
        end(((CallTicket) ticket).call(), new Outcome.Failed(failure));
    }

    private @Nullable Ticket first(@Nullable Model model) {
        if (model == null) {
            return state.room.head();
        }
        var queue = state.room.queue(model.label());
        return queue == null ? null : queue.first();
    }

    private void abandon(Call call, Outcome outcome, String reason) {
        if (call.lease instanceof PlacedLease lease) {
            lease.complete(outcome);
            stop(lease, reason);
            return;
        }
        CallTicket ticket = (CallTicket) call.ticket;
        if (ticket != null && !ticket.cancel()) {
            // Bound to a worker that still loads its model; the load goes on for whoever comes next.
            state.links.values().forEach(link -> link.boundWhileLoading.values().removeIf(bound -> bound == ticket));
            state.fleet.workers().forEach(worker -> state.fleet.endRun(worker, ticket, state.now()));
        }
        end(call, outcome);
    }

    /** Tells the worker to stop; one that does not answer in time is stuck and lost. */
    private void stop(PlacedLease lease, String reason) {
        WorkerLink link = linkOf(lease.copy());
        if (lease.isCancelling || link.lease(lease.key()) != lease) {
            return;
        }
        lease.isCancelling = true;
        state.port.cancel(lease, reason);
        if (lease.overdue != null) {
            lease.overdue.cancel();
        }
        lease.overdue = state.wakeups.at(
                state.now() + state.settings.cancelGrace().toNanos(),
                () -> router.lose(link, "it did not stop a task within " + state.settings.cancelGrace()));
    }

    private void end(Call call, Outcome outcome) {
        call.hasEnded = true;
        if (call.deadline != null) {
            call.deadline.cancel();
        }
        state.listener.ended(call, outcome);
        state.callbacks.add(() -> call.ended(outcome));
    }

    private WorkerLink linkOf(Copy copy) {
        WorkerLink link = state.links.get(copy.worker().id());
        if (link == null) {
            throw new IllegalStateException("no link to worker " + copy.worker());
        }
        return link;
    }
}
