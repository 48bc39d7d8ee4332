package dev.headgate.core.route;

import dev.headgate.core.pick.CandidateSet;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.ForwardingRouter;
import dev.headgate.core.pick.NarrowedCandidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a request may use in front of a pool's policy: of backends their tiers, cooling and limits, of workers what
 * placement says. The policy chooses among those of the best tier, and of the next tier as long as none of them has room.
 *
 * <p>Confined to the pool's owner, or to the thread of its policy: then it looks under the lock that makes an owner, and
 * lets the policy choose without.
 */
final class EligibleRouter extends ForwardingRouter {
    private final NarrowedCandidates narrowed = new NarrowedCandidates();
    private final CandidateSet kept = new CandidateSet();
    private final Ranks inner = new Ranks();
    private final @Nullable ReentrantLock guard;
    private int[] tiers = new int[0]; // as of the last look; 0 = may not be used

    /** Creates it; {@code guard} is null if it runs in the pool's own context. */
    EligibleRouter(RequestRouter policy, @Nullable ReentrantLock guard) {
        super(policy);
        this.guard = guard;
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        if (!(request instanceof Eligible choice)) {
            behind().choose(candidates, request, ranks);
            return;
        }
        int tier = look(choice, candidates);
        boolean hasRoom = false;
        while (tier > 0 && !hasRoom) {
            kept.clear();
            for (int i = 0; i < candidates.size(); i++) {
                if (tiers[i] == tier) {
                    kept.add(i);
                    hasRoom |= candidates.available(i);
                }
            }
            inner.reset(kept.size());
            behind().choose(narrowed.to(candidates, kept), request, inner);
            append(ranks);
            tier = tierAfter(tiers, tier);
        }
    }

    private int look(Eligible choice, Candidates candidates) {
        if (guard == null) {
            tiers = choice.look(candidates);
        } else {
            guard.lock();
            try {
                tiers = choice.look(candidates).clone(); // another look may come while the policy chooses
            } finally {
                guard.unlock();
            }
        }
        return tierAfter(tiers, 0);
    }

    private void append(Ranks ranks) {
        for (int rank = 0; rank < inner.count(); rank++) {
            ranks.next();
            for (int position = 0; position < inner.size(rank); position++) {
                ranks.add(narrowed.at(inner.get(rank, position)));
            }
        }
        if (inner.retriesAtOnce()) {
            ranks.retryAtOnce();
        }
    }

    /** Returns the best of {@code tiers} after {@code tier}, 0 if there is none. */
    private static int tierAfter(int[] tiers, int tier) {
        int next = Integer.MAX_VALUE;
        for (int each : tiers) {
            next = each > tier ? Math.min(next, each) : next;
        }
        return next == Integer.MAX_VALUE ? 0 : next;
    }

    /** Which backends may be called at this moment, only a choice finds out. */
    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        return request instanceof Eligible ? Double.NaN : behind().costOf(candidates, request, index);
    }
}
