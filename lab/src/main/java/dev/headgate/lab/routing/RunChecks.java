package dev.headgate.lab.routing;

import dev.headgate.lab.routing.RunLog.Ending;
import dev.headgate.lab.trace.Trace;
import java.util.Arrays;

/** What must hold of every run once it is over, simulator.md §8; the rest is checked while it runs. */
final class RunChecks {
    private final Trace trace;
    private final RunLog log;
    private final int[] before; // the turn before, by request

    private RunChecks(Trace trace, RunLog log) {
        this.trace = trace;
        this.log = log;
        before = new int[trace.size()];
        Arrays.fill(before, Trace.NONE);
        for (int r = 0; r < trace.size(); r++) {
            if (trace.following(r) != Trace.NONE) {
                before[trace.following(r)] = r;
            }
        }
    }

    /** Throws {@link IllegalStateException} if {@code log} of a run of {@code trace} breaks an invariant. */
    static void check(Trace trace, RunLog log) {
        RunChecks checks = new RunChecks(trace, log);
        int[] seen = checks.requestsByUnit();
        for (int r = 0; r < trace.size(); r++) {
            checks.ended(r);
            checks.inOrder(r);
            checks.afterItsTurn(r);
            checks.hitsNoMoreThanIsShared(r, seen);
        }
    }

    private void ended(int r) {
        require(log.endings[r] != Ending.NONE, "request " + r + " never ended");
    }

    private void inOrder(int r) {
        if (log.endings[r] != Ending.DONE) {
            return;
        }
        var s = log.states;
        boolean ordered = s.arrived[r] <= s.decided[r]
                && s.decided[r] <= s.enqueued[r]
                && s.enqueued[r] <= s.scheduled[r]
                && s.scheduled[r] <= s.first[r]
                && s.first[r] <= s.done[r]
                && s.arrived[r] >= 0;
        require(
                ordered,
                "request " + r + ": arrived " + s.arrived[r] + ", decided " + s.decided[r] + ", enqueued "
                        + s.enqueued[r] + ", scheduled " + s.scheduled[r] + ", first " + s.first[r] + ", done "
                        + s.done[r]);
    }

    private void afterItsTurn(int r) {
        int earlier = before[r];
        if (trace.arrival(r) == Trace.AFTER_ANSWER && log.states.arrived[r] >= 0) {
            require(
                    earlier != Trace.NONE && log.states.arrived[r] >= log.states.done[earlier] + trace.think(r),
                    "request " + r + " came before the answer to " + earlier);
        }
    }

    private void hitsNoMoreThanIsShared(int r, int[] seen) {
        if (log.states.scheduled[r] < 0 || log.retries[r] > 0) {
            return;
        }
        int shared = 0;
        while (shared < trace.units(r) && seen[trace.unit(r, shared)] > 1) {
            shared++;
        }
        long most = (long) shared * trace.unitTokens();
        if (before[r] != Trace.NONE) {
            most = Math.max(most, trace.input(before[r]) + (long) trace.output(before[r]));
        }
        require(
                log.states.cachedTokens[r] <= Math.min(most, trace.input(r) - 1L),
                "request " + r + " found " + log.states.cachedTokens[r] + " tokens cached and shares " + most);
    }

    private int[] requestsByUnit() {
        int most = 0;
        for (int unit : trace.allUnits()) {
            most = Math.max(most, unit);
        }
        int[] seen = new int[most + 1];
        for (int unit : trace.allUnits()) {
            seen[unit]++;
        }
        return seen;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
