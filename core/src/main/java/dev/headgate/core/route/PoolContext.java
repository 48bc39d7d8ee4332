package dev.headgate.core.route;

import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Ticker;
import dev.headgate.core.time.Wakeups;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the parts of a pool's router share. Confined to the pool's owner. */
final class PoolContext {
    final Ticker ticker;
    final Wakeups wakeups = new Wakeups();
    final EndpointPort port;
    final RouterListener listener;
    final Members members;
    final Prefixes prefixes;
    final Ranks ranks = new Ranks();
    final TreeSet<Pass> queued = new TreeSet<>();
    final TreeSet<Pass> active = new TreeSet<>();
    RequestRouter fallback;

    /** Endpoints of which something changed that may help whoever waits. */
    final Deque<Member> changed = new ArrayDeque<>();

    private final Deque<Object> effects = new ArrayDeque<>(); // calls to be told, and what to ask of the edge
    PoolSettings settings;
    InstalledRouter current;
    long sequence;
    int uncounted; // of the active: those whose first choice is made on another thread

    @Nullable
    Call arriving;

    @Nullable
    Explanations explanations; // null = nothing is explained

    @Nullable
    FlowGate flow; // what they wait in before their passes, if anything

    PoolContext(
            PoolSettings settings,
            Ticker ticker,
            EndpointPort port,
            RouterListener listener,
            RequestRouter fallback,
            InstalledRouter current) {
        this.settings = settings;
        prefixes = new Prefixes(settings.index());
        members = new Members(prefixes);
        this.ticker = ticker;
        this.port = port;
        this.listener = listener;
        this.fallback = fallback;
        this.current = current;
    }

    /** Returns the time, and lets what is known of endpoints age to it. */
    long now() {
        long now = ticker.nanos();
        members.at(now);
        return now;
    }

    /** Returns how many calls wait. */
    int waiting() {
        return passing() - uncounted + (flow == null ? 0 : flow.waiting());
    }

    /** Returns how many calls go through passes. */
    int passing() {
        return queued.size() + active.size();
    }

    /** Returns the most passes that may be in progress. */
    int activeCap() {
        return (int) Math.min(settings.maxActive(), 2L * members.size());
    }

    /** Tells the call later that its lease is granted, unless it is on its way in and is told by the decision. */
    void tellGranted(Call call) {
        if (call != arriving) {
            effects.add(call);
        }
    }

    /** Ends the call, and tells it later. */
    void end(Call call, Outcome outcome) {
        if (call.hasEnded) {
            return;
        }
        call.hasEnded = true;
        call.outcome = outcome;
        if (call.deadline != null) {
            call.deadline.cancel();
            call.deadline = null;
        }
        if (call == arriving) {
            return; // the decision tells
        }
        listener.ended(call, outcome);
        effects.add(call);
    }

    /** Asks something of the edge later. */
    void later(Runnable effect) {
        effects.add(effect);
    }

    /** Something may have changed for the better at {@code member}. */
    void mayHelp(Member member) {
        if (!member.isChanged && !active.isEmpty()) {
            member.isChanged = true;
            changed.add(member);
        }
    }

    /** Delivers what is to be told, also what that leads to; the first exception of any is thrown at the end. */
    void deliver() {
        RuntimeException thrown = null;
        for (Object next = effects.poll(); next != null; next = effects.poll()) {
            try {
                if (next instanceof Call call) {
                    tell(call);
                } else if (next instanceof Runnable effect) {
                    effect.run();
                }
            } catch (RuntimeException e) {
                if (thrown == null) {
                    thrown = e;
                } else {
                    thrown.addSuppressed(e);
                }
            }
        }
        if (thrown != null) {
            throw thrown;
        }
    }

    private static void tell(Call call) {
        Outcome outcome = call.outcome;
        Lease lease = call.lease;
        if (outcome != null) {
            if (!call.endWasTold) {
                call.endWasTold = true;
                call.ended(outcome);
            }
        } else if (lease != null && !lease.isCompleted()) {
            call.granted(lease);
        }
    }

    /** Counts a failure of a router. */
    void failed(InstalledRouter installed, RouterFault fault) {
        listener.routerFailed(installed.name, fault);
        if (installed.failed(ticker.nanos())) {
            listener.routerQuarantined(installed.name, installed.generation);
        }
    }
}
