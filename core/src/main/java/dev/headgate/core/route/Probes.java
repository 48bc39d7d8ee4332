package dev.headgate.core.route;

import dev.headgate.core.pick.Ranks;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The questions in flight (routing.md §3): one per endpoint, joined by whoever asks meanwhile, taken back at the deadline
 * of the last who asked or when nobody waits for it.
 */
final class Probes {
    private final PoolContext context;
    private final Passes passes;

    Probes(PoolContext context, Passes passes) {
        this.context = context;
        this.passes = passes;
    }

    /** Lets {@code pass} wait for all of its rank that can be asked; returns false if there is none. */
    boolean await(Pass pass) {
        long deadline = deadline(pass.ranksTried);
        for (int position = pass.start(); position < pass.end(); position++) {
            Member member = pass.chosen(position);
            if (!member.isGone() && member.endpoint.canBeProbed() && !pass.avoided.contains(member)) {
                Probe probe = ask(member, deadline);
                probe.askers.add(pass);
                pass.awaited.add(probe);
            }
        }
        if (pass.awaited.isEmpty()) {
            return false;
        }
        pass.state = Pass.State.PROBING;
        pass.wakeup = context.wakeups.at(deadline, () -> timedOut(pass));
        return true;
    }

    /** Asks those of {@code rank} that are unknown or full, for the sake of those who come later. */
    void inBackground(Ranks ranks, int rank, int ranksTried) {
        for (int position = 0; position < ranks.size(rank); position++) {
            int index = ranks.get(rank, position);
            if (!context.members.hasRoom(index)) {
                inBackground(context.members.get(index), ranksTried);
            }
        }
    }

    /** Asks those of the rank of {@code pass} that are unknown or full. */
    void inBackground(Pass pass) {
        for (int position = pass.start(); position < pass.end(); position++) {
            Member member = pass.chosen(position);
            if (!member.isGone() && !context.members.hasRoom(member.index)) {
                inBackground(member, pass.ranksTried);
            }
        }
    }

    /** Asks {@code member} unless it cannot be asked. */
    void inBackground(Member member, int ranksTried) {
        if (member.endpoint.canBeProbed()) {
            ask(member, deadline(ranksTried)).isBackground = true;
        }
    }

    /** {@code pass} waits for no probe any longer; those that nobody else wants are taken back. */
    void forget(Pass pass) {
        pass.cancelWakeup();
        List<Probe> awaited = new ArrayList<>(pass.awaited);
        pass.awaited.clear();
        for (Probe probe : awaited) {
            probe.askers.remove(pass);
            if (probe.askers.isEmpty() && !probe.isBackground) {
                end(probe);
                cancel(probe);
            }
        }
    }

    /** The answer of {@code member}, of whatever kind, has come; {@link #release} follows once it is noted. */
    @Nullable
    Probe answered(Member member) {
        Probe probe = member.probe;
        if (probe != null) {
            end(probe);
        }
        return probe;
    }

    /** Those who waited for {@code probe} and for nothing else go on, first in order first. */
    void release(Probe probe) {
        List<Pass> askers = new ArrayList<>(probe.askers);
        probe.askers.clear();
        askers.sort(null);
        for (Pass pass : askers) {
            pass.awaited.remove(probe);
            if (pass.awaited.isEmpty() && pass.state == Pass.State.PROBING) {
                pass.cancelWakeup();
                passes.probed(pass);
            }
        }
    }

    /** {@code member} left the pool: nothing is asked of it any longer. */
    void left(Member member) {
        Probe probe = member.probe;
        if (probe != null) {
            end(probe);
            cancel(probe);
            release(probe);
        }
    }

    private Probe ask(Member member, long deadlineNanos) {
        Probe probe = member.probe;
        if (probe == null) {
            Probe begun = new Probe(member, deadlineNanos);
            member.probe = begun;
            begun.timeout = context.wakeups.at(deadlineNanos, () -> timedOut(begun));
            long nanos = deadlineNanos - context.ticker.nanos();
            context.later(() -> {
                if (member.probe == begun) {
                    begun.isAsked = true;
                    context.port.probe(member.id(), nanos);
                }
            });
            return begun;
        }
        if (deadlineNanos - probe.deadlineNanos > 0) {
            probe.deadlineNanos = deadlineNanos;
            if (probe.timeout != null) {
                probe.timeout.cancel();
            }
            probe.timeout = context.wakeups.at(deadlineNanos, () -> timedOut(probe));
        }
        return probe;
    }

    private void timedOut(Probe probe) {
        end(probe);
        cancel(probe);
        release(probe);
    }

    private void timedOut(Pass pass) {
        forget(pass);
        passes.probed(pass);
    }

    private void cancel(Probe probe) {
        if (probe.isAsked) {
            context.port.cancelProbe(probe.member.id());
        }
    }

    private static void end(Probe probe) {
        if (probe.timeout != null) {
            probe.timeout.cancel();
            probe.timeout = null;
        }
        probe.member.probe = null;
    }

    private long deadline(int ranksTried) {
        return context.ticker.nanos() + context.settings.probe().nanosAfter(ranksTried);
    }
}
