package dev.headgate.core.route;

import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.time.Wakeups.Wakeup;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lets a pool's router choose, and its fallback where that fails (routing.md §5).
 *
 * <p>A router with a thread of its own is asked one pass after another and has {@link #MOST_NANOS} for each. If it takes
 * longer, that pass and all that follow are chosen for by the fallback until its call returns.
 */
final class Choices {
    /** What a hanging router may cost once. */
    private static final long MOST_NANOS = 50_000_000L;

    private final PoolContext context;
    private final Turn turn;
    private final Passes passes;
    private final Assignments assignments;
    private final Deque<Pass> line = new ArrayDeque<>(); // those after the one that is asked for

    private @Nullable Question asked;

    Choices(PoolContext context, Turn turn, Passes passes, Assignments assignments) {
        this.turn = turn;
        this.context = context;
        this.passes = passes;
        this.assignments = assignments;
    }

    /** Returns whether the router in force answers later. */
    boolean answersLater() {
        InstalledRouter current = context.current;
        return current.thread != null && !current.isQuarantined && !current.hangs;
    }

    /** Fills {@code ranks} for {@code call} at once. */
    void choose(Call call, int pass, Ranks ranks) {
        Members members = context.members;
        InstalledRouter current = context.current;
        assignments.look(call, current);
        ranks.reset(members.size());
        boolean mayChoose = current.thread == null && !current.isQuarantined;
        Explaining explaining = Explaining.of(context, call, pass);
        if (explaining != null && mayChoose) {
            explaining.begin();
        }
        RouterFault fault = null;
        if (mayChoose) {
            fault = current.choose(members, call, ranks);
        }
        if (fault != null) {
            context.failed(current, fault);
        }
        if (fault != null || !mayChoose) {
            ranks.reset(members.size());
            context.fallback.choose(members, call, ranks);
        }
        if (explaining != null) {
            CandidatesCopy candidates = new CandidatesCopy(members);
            if (mayChoose) {
                explaining.end(candidates);
            }
            boolean isFallback = fault != null || !mayChoose;
            explaining.keep(candidates, ranks, isFallback ? Explanation.Chooser.FALLBACK : Explanation.Chooser.ROUTER);
        }
        context.listener.chosen(call, pass, ranks, members);
    }

    /** Late binding gives {@code call} to {@code member}. */
    void explainBound(Call call, Member member) {
        Explaining explaining = Explaining.of(context, call, 1);
        if (explaining != null) {
            assignments.look(call, context.current);
            CandidatesCopy candidates = new CandidatesCopy(context.members);
            explaining.end(candidates);
            context.ranks.reset(candidates.size());
            context.ranks.add(member.index);
            explaining.keep(candidates, context.ranks, Explanation.Chooser.LATE_BINDING);
        }
    }

    /** Asks the router on its thread; {@link Passes#chosen} follows. */
    void ask(Pass pass) {
        pass.state = Pass.State.CHOOSING;
        if (asked != null) {
            line.add(pass);
            return;
        }
        InstalledRouter current = context.current;
        RouterPlan.RouterThread thread = current.thread;
        if (thread == null || !answersLater()) {
            chooseNow(pass);
            return;
        }
        assignments.look(pass.call, current);
        Question question = new Question(pass, current, new CandidatesCopy(context.members));
        asked = question;
        question.timeout = context.wakeups.at(context.ticker.nanos() + MOST_NANOS, () -> hangs(question));
        thread.calls().accept(() -> {
            RouterFault fault = question.choose();
            thread.owner().accept(() -> turn.take(() -> answered(question, fault)));
        });
    }

    /** Nobody wants the choice for {@code pass} any longer. */
    void forget(Pass pass) {
        line.remove(pass);
        if (asked != null && asked.pass == pass) {
            asked.isWanted = false;
        }
    }

    private void answered(Question question, @Nullable RouterFault fault) {
        question.router.hangs = false;
        if (asked != question) {
            return; // the fallback chose meanwhile
        }
        asked = null;
        if (question.timeout != null) {
            question.timeout.cancel();
        }
        if (fault != null) {
            context.failed(question.router, fault);
        }
        if (question.isWanted) {
            if (fault != null) {
                chooseNow(question.pass);
            } else {
                if (question.explaining != null) {
                    question.explaining.keep(question.candidates, question.ranks, Explanation.Chooser.ROUTER);
                }
                context.listener.chosen(question.pass.call, question.pass.number, question.ranks, question.candidates);
                question.pass.keep(question.ranks, question.members, question.router);
                passes.chosen(question.pass);
            }
        }
        askNext();
    }

    private void hangs(Question question) {
        if (asked != question) {
            return;
        }
        asked = null;
        question.router.hangs = true;
        context.failed(question.router, RouterFault.TIMEOUT);
        if (question.isWanted) {
            chooseNow(question.pass);
        }
        askNext();
    }

    private void askNext() {
        while (asked == null && !line.isEmpty()) {
            ask(line.remove());
        }
    }

    private void chooseNow(Pass pass) {
        choose(pass.call, pass.number, context.ranks);
        pass.keep(context.ranks, context.members.all(), context.current);
        passes.chosen(pass);
    }

    /** One choice that a router is asked for on its thread. */
    private final class Question {
        private final Pass pass;
        private final InstalledRouter router;
        private final Candidates candidates;
        private final Member[] members = context.members.all();
        private final Ranks ranks = new Ranks();
        private final @Nullable Explaining explaining;
        private boolean isWanted = true;
        private @Nullable Wakeup timeout;

        private Question(Pass pass, InstalledRouter router, Candidates candidates) {
            this.pass = pass;
            this.router = router;
            this.candidates = candidates;
            explaining = Explaining.of(context, pass.call, pass.number);
            ranks.reset(candidates.size());
        }

        /** Lets the router choose, on its thread. */
        private @Nullable RouterFault choose() {
            if (explaining != null) {
                explaining.begin();
            }
            RouterFault fault = router.choose(candidates, pass.call, ranks);
            if (explaining != null) {
                explaining.end(candidates);
            }
            return fault;
        }
    }
}
