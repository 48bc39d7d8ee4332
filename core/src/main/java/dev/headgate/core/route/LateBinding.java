package dev.headgate.core.route;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.failover.RouterFault;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses who is bound when a slot is free (routing.md §9).
 *
 * <p>An endpoint has a slot while it has fewer requests than it takes, its prompts to compute fit the prefill window, and one
 * request more leaves its predicted time per token within the target; one that has nothing always has one. Of those that wait
 * first in order, and are the tenant's whose turn it is, the one is bound that loses most by going elsewhere: its least cost
 * on any other endpoint less its cost on the free one. Who was passed over too often, or is near its deadline, is bound
 * before the others.
 *
 * <p>A tenant that had more than its share fills an endpoint only to a part of the target, and not while a prompt waits
 * there, so that the others find room at once whenever they come. The flood pays for that: engines do less with less to
 * batch. Who is alone, or has no more than the others, pays nothing.
 *
 * <p>Where the policy knows no cost, who is first in order makes a pass of its own.
 */
final class LateBinding {
    private final PoolContext context;
    private final Assignments assignments;
    private final FlowSettings settings;
    private final Predicate<FlowGate.Ticket> isOverShare;
    private double[] costs = new double[0];

    LateBinding(
            PoolContext context,
            Assignments assignments,
            FlowSettings settings,
            Predicate<FlowGate.Ticket> isOverShare) {
        this.isOverShare = isOverShare;
        this.context = context;
        this.assignments = assignments;
        this.settings = settings;
    }

    /** Returns whether some endpoint has a slot. */
    boolean hasSlot() {
        for (int i = 0; i < context.members.size(); i++) {
            if (hasSlot(i)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether some endpoint has a slot for those who had more than their share. */
    boolean hasCalmSlot() {
        for (int i = 0; i < context.members.size(); i++) {
            if (hasCalmSlot(i)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether endpoint {@code index} has one. */
    boolean hasSlot(int index) {
        return hasSlot(index, 1, settings.binding().prefillWindow());
    }

    /** Returns whether endpoint {@code index} has one for those who had more than their share. */
    private boolean hasCalmSlot(int index) {
        return hasSlot(index, FlowBinding.CALM_SHARE, 0);
    }

    private boolean hasSlot(int index, double part, long window) {
        Members members = context.members;
        int requests = members.inFlight(index);
        if (requests == 0) {
            return true;
        }
        int most = members.maxOngoing(index);
        if ((most > 0 && requests >= most) || members.pendingTokens(index) > window) {
            return false;
        }
        long resident = members.residentTokens(index);
        double tpot = members.engine(index).tpotSeconds(requests + 1, resident + resident / requests);
        return tpot * 1e9 <= part * settings.targets().tpot().toNanos();
    }

    /** Returns who of {@code ahead}, in order, is bound to which free endpoint; null if there is no slot for any of them. */
    @Nullable
    Choice choose(List<FlowGate.Ticket> ahead) {
        FlowGate.Ticket urgent = urgent(ahead);
        List<FlowGate.Ticket> asked = urgent == null ? ahead : List.of(urgent);
        Choice best = null;
        for (FlowGate.Ticket ticket : asked) {
            best = better(best, ticket);
        }
        if (best != null) {
            for (FlowGate.Ticket ticket : ahead) {
                if (ticket == best.ticket) {
                    break;
                }
                ticket.overtake();
            }
        }
        return best;
    }

    private FlowGate.@Nullable Ticket urgent(List<FlowGate.Ticket> ahead) {
        long now = context.ticker.nanos();
        for (FlowGate.Ticket ticket : ahead) {
            var deadline = ticket.request().deadline();
            boolean isDue = deadline.isSet()
                    && deadline.atNanos() - now < settings.targets().ttftNanos(ticket.request());
            if (isDue || ticket.overtaken() >= FlowBinding.MOST_OVERTAKEN) {
                return ticket;
            }
        }
        return null;
    }

    /** Returns {@code best}, or the best slot for {@code ticket} if more is gained by that. */
    private @Nullable Choice better(@Nullable Choice best, FlowGate.Ticket ticket) {
        int size = context.members.size();
        if (!cost(ticket.call())) {
            return (best != null && best.gain >= 0) || !(isOverShare.test(ticket) ? hasCalmSlot() : hasSlot())
                    ? best
                    : new Choice(ticket, Choice.ANY, 0);
        }
        Choice better = best;
        boolean isCalm = isOverShare.test(ticket);
        for (int i = 0; i < size; i++) {
            if (costs[i] != Double.POSITIVE_INFINITY && (isCalm ? hasCalmSlot(i) : hasSlot(i))) {
                double gain = elsewhere(i) - costs[i];
                if (better == null || gain > better.gain) {
                    better = new Choice(ticket, i, gain);
                }
            }
        }
        return better;
    }

    private double elsewhere(int index) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < context.members.size(); i++) {
            least = i == index ? least : Math.min(least, costs[i]);
        }
        return least;
    }

    /** Fills in what {@code call} costs on each endpoint; returns false if the policy does not know. */
    private boolean cost(Call call) {
        InstalledRouter current = context.current;
        if (current.thread != null || current.isQuarantined) {
            return false;
        }
        Members members = context.members;
        if (costs.length != members.size()) {
            costs = new double[members.size()];
        }
        Arrays.fill(costs, Double.NaN);
        assignments.look(call, current);
        try {
            for (int i = 0; i < costs.length; i++) {
                costs[i] = current.router.costOf(members, call, i);
                if (Double.isNaN(costs[i])) {
                    return false;
                }
            }
            return true;
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            context.failed(current, RouterFault.of(e));
            return false;
        }
    }

    /**
     * Who is bound to what.
     *
     * @param ticket who
     * @param index the endpoint, {@link #ANY} for whichever its own pass finds
     * @param gain what it saves, in the policy's unit
     */
    record Choice(FlowGate.Ticket ticket, int index, double gain) {
        static final int ANY = -1;
    }
}
