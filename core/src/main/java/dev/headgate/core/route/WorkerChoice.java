package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.place.Copy;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a task, as the router of a {@link WorkerPool} is asked for a worker: those that could run it at this moment.
 * Confined to the dispatcher's owner, but for {@link #look}.
 */
final class WorkerChoice extends Call implements Eligible {
    private final CallTicket waiting;
    private final Set<EndpointId> able = new HashSet<>(); // never changed, so that a router's own thread may look
    private final Consumer<WorkerChoice> heard;
    private @Nullable PoolLease reserved;
    private boolean isOver;

    /** Asks for one of {@code copies}; {@code heard} is told when an answer comes later. */
    WorkerChoice(CallTicket ticket, List<Copy> copies, Consumer<WorkerChoice> heard) {
        super(ticket.call().request());
        waiting = ticket;
        this.heard = heard;
        for (Copy copy : copies) {
            able.add(copy.worker().id());
        }
        createdAt(ticket.arrivedNanos());
        if (ticket.call().wantsExplanation) {
            explain();
        }
    }

    @Override
    public int[] look(Candidates candidates) {
        int[] tiers = new int[candidates.size()];
        for (int i = 0; i < tiers.length; i++) {
            tiers[i] = able.contains(candidates.id(i)) ? 1 : 0;
        }
        return tiers;
    }

    CallTicket ticket() {
        return waiting;
    }

    /** Returns whether there is no answer yet. */
    boolean isOpen() {
        return reserved == null && !isOver;
    }

    /** Returns the room that is reserved, null if there is no answer or the router named none of those that it could. */
    @Nullable
    PoolLease reserved() {
        return reserved;
    }

    /** The answer came at once. */
    void answered(Decision decision) {
        if (decision instanceof Decision.Routed routed) {
            reserved = (PoolLease) routed.lease();
        } else if (decision instanceof Decision.Refused) {
            isOver = true;
        }
    }

    /** Returns the copy of {@code copies} that was chosen, the first if the router named none; null if it is not there. */
    @Nullable
    Copy among(List<Copy> copies) {
        PoolLease chosen = reserved;
        if (chosen == null) {
            return copies.get(0);
        }
        for (Copy copy : copies) {
            if (copy.worker().id().equals(chosen.endpoint())) {
                return copy;
            }
        }
        return null;
    }

    @Override
    protected void granted(Lease granted) {
        reserved = (PoolLease) granted;
        heard.accept(this);
    }

    @Override
    protected void ended(Outcome outcome) {
        if (isOpen()) {
            isOver = true;
            heard.accept(this);
        }
    }
}
