package dev.headgate.core.route;

import dev.headgate.core.pick.Ranks;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * The loop of routing.md §2 and §3: which waiting calls are active, what a pass does, and when the next one follows.
 *
 * <p>A pass asks the router for ranks and goes through them: the endpoint of a rank that is known to be least loaded gets
 * the call; if none is known to have room, all of the rank are asked first. A call whose pass came to nothing waits, the
 * first time not at all, later ever longer, and is woken early by whatever may help it.
 */
final class Passes {
    private static final int MOST_RETRIES = 8;
    private static final int PASSES_PER_WARNING = 50;

    private final PoolContext context;
    private final Assignments assignments;
    private final Probes probes;
    private final Choices choices;

    Passes(PoolContext context, Turn turn, Assignments assignments) {
        this.context = context;
        this.assignments = assignments;
        this.choices = new Choices(context, turn, this, assignments);
        this.probes = new Probes(context, this);
    }

    Probes probes() {
        return probes;
    }

    /**
     * Makes the first pass of a call that has just arrived, if it may be active: without a probe, it can only be assigned.
     * Otherwise it waits, or ends if it may not.
     *
     * @return its lease, null if it has none yet or has ended
     */
    @Nullable
    PoolLease arrived(Call call) {
        boolean goesFirst = context.queued.isEmpty() && context.active.size() < context.activeCap();
        Pass pass = null;
        if (goesFirst && choices.answersLater()) {
            pass = new Pass(call);
            pass.isCounted = false;
            context.uncounted++;
            enter(call, pass);
            activate(pass);
            begin(pass);
            return null;
        }
        if (goesFirst && (context.settings.fifo() == Fifo.OFF || context.waiting() == 0)) {
            Ranks ranks = context.ranks;
            int retries = 0;
            do {
                choices.choose(call, 1, ranks);
                for (int rank = 0; rank < ranks.count(); rank++) {
                    int index = context.members.shortest(ranks, rank);
                    if (index >= 0) {
                        probes.inBackground(ranks, rank, rank);
                        return assignments.assign(call, context.members.get(index), context.current);
                    }
                    if (context.members.canProbe(ranks, rank)) {
                        if (!mayWait()) {
                            probes.inBackground(ranks, rank, rank); // so that the next one finds more
                            assignments.refuse(call);
                            return null;
                        }
                        return goOn(call, ranks);
                    }
                }
            } while (ranks.retriesAtOnce() && retries++ < MOST_RETRIES);
            pass = new Pass(call);
            pass.number = 1;
            pass.ranksTried = ranks.count();
        }
        if (!mayWait()) {
            assignments.refuse(call);
            return null;
        }
        enter(call, pass == null ? new Pass(call) : pass);
        if (pass != null) {
            activate(pass);
            backOff(pass);
        }
        return null;
    }

    private @Nullable PoolLease goOn(Call call, Ranks ranks) {
        Pass pass = new Pass(call);
        enter(call, pass);
        activate(pass);
        pass.number = 1;
        pass.keep(ranks, context.members.all(), context.current);
        tryRanks(pass);
        return null;
    }

    /** Lets a call wait again whose attempt came to nothing; its passes begin anew. */
    void again(Call call) {
        Pass pass = passOf(call);
        pass.number = 0;
        enter(call, pass);
    }

    /** Lets a call wait again that {@code member} could not take; its next pass goes elsewhere. */
    void againElsewhere(Call call, Member member) {
        againLater(call);
        if (call.pass != null) {
            call.pass.avoided.add(member);
        }
    }

    /** Lets a call wait again whose attempt came to nothing in a way that may repeat itself: its waits go on growing. */
    void againLater(Call call) {
        Pass pass = passOf(call);
        pass.number = Math.max(1, pass.number);
        enter(call, pass);
    }

    /** Assigns a call that makes no pass of its own, as its endpoint was chosen among others that wait. */
    void grant(Call call, Member member) {
        choices.explainBound(call, member);
        context.ranks.reset(context.members.size());
        context.ranks.add(member.index);
        context.listener.chosen(call, 1, context.ranks, context.members);
        if (call != context.arriving) {
            assignments.waited(context.now() - call.createdAtNanos());
        }
        assignments.assign(call, member, context.current);
        context.tellGranted(call);
    }

    /** Takes a call out that waits; returns false if it does not. */
    boolean leave(Call call) {
        Pass pass = call.pass;
        if (pass == null || pass.state == Pass.State.OVER) {
            return false;
        }
        take(pass);
        return true;
    }

    /** Lets as many be active as may, and tries whoever may be helped by what changed. */
    void advance() {
        while (true) {
            if (context.members.size() == 0) {
                deactivateAll();
            }
            Pass next = context.queued.isEmpty() ? null : context.queued.first();
            if (next != null && context.active.size() < context.activeCap()) {
                context.queued.remove(next);
                activate(next);
                if (next.number == 0) {
                    begin(next);
                } else {
                    backOff(next);
                }
                continue;
            }
            Member changed = context.changed.poll();
            if (changed == null) {
                return;
            }
            changed.isChanged = false;
            wake(changed);
        }
    }

    /** The probes of {@code pass} are answered or late: the smallest length with room gets it, else its next rank. */
    void probed(Pass pass) {
        pass.state = Pass.State.TRYING;
        Member best = shortest(pass);
        if (best != null) {
            assign(pass, best);
            return;
        }
        pass.ranksTried++;
        pass.rank++;
        if (!tryRanks(pass)) {
            failed(pass);
        }
    }

    private static Pass passOf(Call call) {
        return call.pass == null ? new Pass(call) : call.pass;
    }

    private void enter(Call call, Pass pass) {
        call.pass = pass;
        pass.state = Pass.State.QUEUED;
        context.queued.add(pass);
        Deadline deadline = call.request().deadline();
        if (deadline.isSet() && call.deadline == null) {
            call.deadline = context.wakeups.at(deadline.atNanos(), () -> missedDeadline(call));
        }
    }

    private void activate(Pass pass) {
        context.queued.remove(pass);
        context.active.add(pass);
        pass.state = Pass.State.TRYING;
    }

    private void deactivateAll() {
        for (Pass pass : context.active.toArray(Pass[]::new)) {
            probes.forget(pass);
            choices.forget(pass);
            count(pass);
            context.active.remove(pass);
            pass.state = Pass.State.QUEUED;
            pass.number = 0;
            context.queued.add(pass);
        }
    }

    private void wake(Member member) {
        for (Pass pass : context.active.toArray(Pass[]::new)) {
            if (member.isGone() || !context.members.available(member.index)) {
                return;
            }
            if (pass.state == Pass.State.BACKOFF) {
                begin(pass);
            }
        }
    }

    private void begin(Pass pass) {
        pass.cancelWakeup();
        pass.state = Pass.State.TRYING;
        pass.number++;
        pass.retries = 0;
        if (pass.number % PASSES_PER_WARNING == 0) {
            context.listener.waitsLong(pass.call, pass.number);
        }
        context.now();
        choose(pass);
    }

    private void choose(Pass pass) {
        if (choices.answersLater()) {
            choices.ask(pass);
            return;
        }
        do {
            choices.choose(pass.call, pass.number, context.ranks);
            pass.keep(context.ranks, context.members.all(), context.current);
            if (tryRanks(pass)) {
                return;
            }
        } while (pass.retriesAtOnce && pass.retries++ < MOST_RETRIES);
        pass.avoided.clear();
        backOff(pass);
    }

    /** The choice for {@code pass} that was made elsewhere has come. */
    void chosen(Pass pass) {
        pass.state = Pass.State.TRYING;
        if (!tryRanks(pass)) {
            failed(pass);
        }
        if (pass.state != Pass.State.OVER && !pass.isCounted) {
            boolean mayWait = mayWait();
            count(pass);
            if (!mayWait) {
                take(pass);
                assignments.refuse(pass.call);
            }
        }
    }

    private void count(Pass pass) {
        if (!pass.isCounted) {
            pass.isCounted = true;
            context.uncounted--;
        }
    }

    /** Tries rank after rank; returns whether the pass is assigned or waits for probes. */
    private boolean tryRanks(Pass pass) {
        for (; pass.rank < pass.ranks(); pass.rank++) {
            Member best = shortest(pass);
            if (best != null) {
                probes.inBackground(pass);
                assign(pass, best);
                return true;
            }
            if (probes.await(pass)) {
                return true;
            }
            pass.ranksTried++;
        }
        return false;
    }

    private void failed(Pass pass) {
        if (pass.retriesAtOnce && pass.retries++ < MOST_RETRIES) {
            choose(pass);
        } else {
            pass.avoided.clear();
            backOff(pass);
        }
    }

    private void backOff(Pass pass) {
        long wait = context.settings.backoff().nanosBefore(pass.number + 1);
        if (wait == 0) {
            begin(pass);
            return;
        }
        pass.state = Pass.State.BACKOFF;
        pass.wakeup = context.wakeups.at(context.ticker.nanos() + wait, () -> begin(pass));
    }

    private @Nullable Member shortest(Pass pass) {
        Member best = null;
        int bestLength = Integer.MAX_VALUE;
        for (int position = pass.start(); position < pass.end(); position++) {
            Member member = pass.chosen(position);
            if (!member.isGone() && context.members.hasRoom(member.index) && !pass.avoided.contains(member)) {
                int length = context.members.queueLength(member.index);
                if (length < bestLength) {
                    best = member;
                    bestLength = length;
                }
            }
        }
        return best;
    }

    private void assign(Pass pass, Member member) {
        Pass first = context.settings.fifo() == Fifo.OFF ? pass : oldestLike(pass);
        if (first != pass) {
            context.active.remove(pass);
            pass.state = Pass.State.QUEUED;
            pass.number = 0;
            context.queued.add(pass);
        }
        take(first);
        assignments.waited(context.now() - first.call.createdAtNanos());
        assignments.assign(first.call, member, pass.chooserOr(context.current));
        context.tellGranted(first.call);
    }

    private Pass oldestLike(Pass pass) {
        Pass oldest = pass;
        for (Pass other : context.active) {
            if (other.compareTo(oldest) < 0 && context.settings.fifo().areAlike(other.call, pass.call)) {
                oldest = other;
            }
        }
        for (Pass other : context.queued) {
            if (other.compareTo(oldest) >= 0) {
                break;
            }
            if (context.settings.fifo().areAlike(other.call, pass.call)) {
                oldest = other;
            }
        }
        return oldest;
    }

    private void take(Pass pass) {
        probes.forget(pass);
        choices.forget(pass);
        count(pass);
        pass.avoided.clear();
        pass.state = Pass.State.OVER;
        context.queued.remove(pass);
        context.active.remove(pass);
        Call call = pass.call;
        if (call.deadline != null) {
            call.deadline.cancel();
            call.deadline = null;
        }
    }

    /** Returns whether one more may wait. */
    boolean mayWait() {
        int most = context.settings.maxQueued();
        return most < 0 || context.waiting() < most;
    }

    /** A call has waited past its deadline. */
    private void missedDeadline(Call call) {
        if (leave(call)) {
            context.end(
                    call,
                    new Outcome.Failed(Failure.of(
                            FailureKind.DEADLINE_EXCEEDED, "the deadline passed while the request waited for a slot")));
        }
    }
}
