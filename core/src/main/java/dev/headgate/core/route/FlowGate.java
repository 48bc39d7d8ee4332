package dev.headgate.core.route;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowBinding.When;
import dev.headgate.core.admit.FlowRoom;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.admit.FlowWait;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Deadline;
import dev.headgate.core.time.Wakeups.Wakeup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The waiting room in front of a pool's passes (routing.md §9): calls wait in it while the pool is saturated, or until an
 * endpoint has a slot for one of them, and go on in its order. None waits longer than it may, or than is of use to it.
 */
final class FlowGate {
    private final PoolContext context;
    private final Passes passes;
    private final Assignments assignments;
    private FlowSettings settings;
    private FlowRoom room;
    private LateBinding late;

    FlowGate(PoolContext context, Passes passes, Assignments assignments, FlowSettings settings) {
        this.context = context;
        this.passes = passes;
        this.assignments = assignments;
        this.settings = settings;
        room = new FlowRoom(settings);
        late = new LateBinding(context, assignments, settings, this::isOverShare);
    }

    int waiting() {
        return room.size();
    }

    /** Other settings are in force; who waits goes on waiting, and what tenants were served is counted anew. */
    void change(FlowSettings next) {
        if (next.equals(settings)) {
            return;
        }
        List<Ticket> waiting = tickets(room.waiting());
        waiting.forEach(room::remove);
        settings = next;
        room = new FlowRoom(next);
        late = new LateBinding(context, assignments, next, this::isOverShare);
        for (Ticket ticket : waiting) {
            room.keep(ticket);
            expect(ticket);
        }
    }

    /** Lets all that wait go on to their passes. */
    void open() {
        for (Ticket ticket : tickets(room.waiting())) {
            stop(ticket);
            room.remove(ticket);
            passes.again(ticket.call);
        }
    }

    /** A call has come: it goes on, waits or ends. */
    void arrived(Call call) {
        Ticket ticket = new Ticket(call);
        call.flow = ticket;
        look(call);
        if (isTooLate(call)) {
            context.end(call, new Outcome.Failed(tooLate()));
            return;
        }
        if (room.size() == 0 && goesOn(ticket)) {
            if (call.lease == null && !call.hasEnded) {
                expect(ticket);
            }
            return;
        }
        if (!passes.mayWait()) {
            assignments.refuse(call);
            return;
        }
        FlowWait without = room.offer(ticket);
        if (without != ticket) {
            expect(ticket);
        }
        if (without instanceof Ticket refused) {
            stop(refused);
            context.end(refused.call, new Outcome.Failed(saturated()));
        }
    }

    /** Lets a call go on that nobody is before, if it may; returns whether it does. */
    private boolean goesOn(Ticket ticket) {
        Call call = ticket.call;
        if (settings.binding().when() != When.LATE && room.isOpen(call.request(), context.members)) {
            room.passed(ticket, context.ticker.nanos());
            passes.arrived(call);
            return true;
        }
        if (settings.binding().when() == When.EARLY) {
            return false;
        }
        LateBinding.Choice choice = late.choose(List.of(ticket));
        if (choice == null) {
            return false;
        }
        room.passed(ticket, context.ticker.nanos());
        if (isBound(choice)) {
            passes.grant(call, context.members.get(choice.index()));
        } else {
            passes.arrived(call);
        }
        return true;
    }

    /** Lets calls go on while the pool has use for them; returns whether one did. */
    boolean advance() {
        if (room.size() == 0) {
            return false;
        }
        long now = context.now();
        When when = settings.binding().when();
        if (when != When.LATE && room.first(now) instanceof Ticket first) {
            look(first.call);
            if (ended(first)) {
                return true;
            }
            if (room.isOpen(first.request(), context.members)) {
                return again(first);
            }
        }
        return when != When.EARLY && bind(now);
    }

    private boolean bind(long now) {
        if (!late.hasSlot()) {
            return false;
        }
        List<Ticket> ahead = tickets(
                late.hasCalmSlot()
                        ? room.ahead(FlowBinding.LOOK_AHEAD, now)
                        : room.aheadWithinShare(FlowBinding.LOOK_AHEAD, now));
        for (Ticket ticket : ahead) {
            if (ticket.request().deadline().isSet()) {
                look(ticket.call);
                if (ended(ticket)) {
                    return true;
                }
            }
        }
        LateBinding.Choice choice = late.choose(ahead);
        if (choice == null) {
            return false;
        }
        if (!isBound(choice)) {
            return again(choice.ticket());
        }
        room.serve(choice.ticket(), now);
        passes.grant(choice.ticket().call, context.members.get(choice.index()));
        return true;
    }

    /** What the policy chose is known to have room; otherwise a pass finds out, as one of an endpoint that must be asked. */
    private boolean isBound(LateBinding.Choice choice) {
        return choice.index() != LateBinding.Choice.ANY && context.members.hasRoom(choice.index());
    }

    private boolean again(Ticket ticket) {
        if (context.passing() >= context.activeCap()) {
            return false;
        }
        room.serve(ticket, context.ticker.nanos());
        passes.again(ticket.call);
        return true;
    }

    private boolean isOverShare(Ticket ticket) {
        return room.isOverShare(ticket, context.ticker.nanos());
    }

    /** Ends the call of one that waits if its wait is of no use any longer; returns whether it did. */
    private boolean ended(Ticket ticket) {
        if (!isTooLate(ticket.call)) {
            return false;
        }
        stop(ticket);
        room.remove(ticket);
        context.end(ticket.call, new Outcome.Failed(tooLate()));
        return true;
    }

    /** Lets predictions be for {@code call}, where one is asked for. */
    private void look(Call call) {
        if (settings.detector() == FlowSettings.Detector.PREDICTED || isHurried(call)) {
            assignments.look(call, context.current);
        }
    }

    private boolean isHurried(Call call) {
        return settings.earlyReject() && call.request().deadline().isSet();
    }

    /** Returns whether its first token comes after its deadline wherever it goes at this moment. */
    private boolean isTooLate(Call call) {
        if (!isHurried(call) || context.members.size() == 0) {
            return false;
        }
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < context.members.size(); i++) {
            best = Math.min(best, context.members.predictedTtft(i));
        }
        return best * 1e9 > call.request().deadline().atNanos() - context.ticker.nanos();
    }

    private Failure tooLate() {
        return Failure.retryAfter(
                FailureKind.WOULD_MISS_DEADLINE,
                "the first token is predicted to come after the deadline of the request",
                assignments.predictedWait());
    }

    private static List<Ticket> tickets(List<FlowWait> waiting) {
        List<Ticket> tickets = new ArrayList<>(waiting.size());
        for (FlowWait wait : waiting) {
            if (wait instanceof Ticket ticket) {
                tickets.add(ticket);
            }
        }
        return tickets;
    }

    /** Takes a call out; returns false if it does not wait here. */
    boolean leave(Call call) {
        Ticket ticket = call.flow;
        if (ticket == null) {
            return false;
        }
        stop(ticket);
        return room.remove(ticket);
    }

    /** A call was assigned: its wait is over. */
    void assigned(Call call) {
        if (call.flow != null) {
            stop(call.flow);
        }
    }

    /** Lets those that wait first look whether there is anything left that they may use. */
    void look() {
        if (room.size() == 0) {
            return;
        }
        for (Ticket ticket : tickets(room.ahead(FlowBinding.LOOK_AHEAD, context.now()))) {
            if (ticket.call instanceof Eligible eligible) {
                eligible.look(context.members);
            }
        }
    }

    /** A call waits again whose attempt came to nothing: it may wait as long as it might have without it. */
    void waitsAgain(Call call) {
        if (call.flow != null) {
            expect(call.flow);
        }
    }

    /** A call has a whole answer. */
    void completed(Call call, Outcome.Completed outcome) {
        room.produced(call.request().tenant(), outcome.usage().completionTokens(), context.ticker.nanos());
    }

    /** The pool has no endpoint any more, or has one again, which changes how long a call may wait. */
    void endpointsChanged() {
        tickets(room.waiting()).forEach(this::expect);
    }

    private Failure saturated() {
        return Failure.retryAfter(
                FailureKind.REJECTED_SATURATED,
                "the pool is saturated and " + room.size() + " requests wait for it (limit of a priority: "
                        + settings.maxRequests() + ")",
                assignments.predictedWait());
    }

    private void expect(Ticket ticket) {
        stop(ticket);
        long at = ticket.sinceNanos + ttlNanos();
        Deadline deadline = ticket.call.request().deadline();
        if (deadline.isSet() && deadline.atNanos() - at < 0) {
            at = deadline.atNanos();
        }
        ticket.expiry = context.wakeups.at(at, () -> expired(ticket));
    }

    private long ttlNanos() {
        return (context.members.size() == 0 ? settings.noEndpointTtl() : settings.ttl()).toNanos();
    }

    private void expired(Ticket ticket) {
        ticket.expiry = null;
        Call call = ticket.call;
        if (call.request().deadline().isPast(context.ticker.nanos())) {
            room.remove(ticket);
            passes.leave(call);
            context.end(
                    call,
                    new Outcome.Failed(Failure.of(
                            FailureKind.DEADLINE_EXCEEDED, "the deadline passed while the request waited for a slot")));
        } else if (context.ticker.nanos() - ticket.sinceNanos < ttlNanos()) {
            expect(ticket); // the pool has endpoints again
        } else {
            room.remove(ticket);
            passes.leave(call);
            context.end(call, new Outcome.Failed(expiry()));
        }
    }

    private Failure expiry() {
        boolean isEmpty = context.members.size() == 0;
        return Failure.retryAfter(
                isEmpty ? FailureKind.REJECTED_NO_ENDPOINTS : FailureKind.REJECTED_TTL_EXPIRED,
                isEmpty
                        ? "the pool has no endpoint (waited: " + settings.noEndpointTtl() + ")"
                        : "the pool is saturated (waited: " + settings.ttl() + ")",
                assignments.predictedWait());
    }

    private static void stop(Ticket ticket) {
        if (ticket.expiry != null) {
            ticket.expiry.cancel();
            ticket.expiry = null;
        }
    }

    /** One call's wait. */
    final class Ticket extends FlowWait {
        private final Call call;
        private final long sinceNanos = context.ticker.nanos();
        private @Nullable Wakeup expiry;

        private Ticket(Call call) {
            super(call.request(), call.createdAtNanos(), call.sequence);
            this.call = call;
        }

        Call call() {
            return call;
        }
    }
}
