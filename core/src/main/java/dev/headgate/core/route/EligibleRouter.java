package dev.headgate.core.route;

import dev.headgate.core.pick.CandidateSet;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.NarrowedCandidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Puts tiers, cooling and limits of a pool of backends in front of its policy: the policy chooses among those of the best
 * tier that may be called, and of the next tier as long as none of them has room.
 *
 * <p>Confined to the pool's owner, or to the thread of its policy: then it looks under the lock that makes an owner, and
 * lets the policy choose without.
 */
final class EligibleRouter implements RequestRouter {
    private final RequestRouter policy;
    private final NarrowedCandidates narrowed = new NarrowedCandidates();
    private final CandidateSet kept = new CandidateSet();
    private final Ranks inner = new Ranks();
    private final @Nullable ReentrantLock guard;
    private int[] tiers = new int[0]; // as of the last look; 0 = may not be used

    /** Creates it; {@code guard} is null if it runs in the pool's own context. */
    EligibleRouter(RequestRouter policy, @Nullable ReentrantLock guard) {
        this.policy = policy;
        this.guard = guard;
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        if (!(request instanceof BackendChoice choice)) {
            policy.choose(candidates, request, ranks);
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
            policy.choose(narrowed.to(candidates, kept), request, inner);
            append(ranks);
            tier = BackendChoice.tierAfter(tiers, tier);
        }
    }

    private int look(BackendChoice choice, Candidates candidates) {
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
        return BackendChoice.tierAfter(tiers, 0);
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

    @Override
    public void start(RouterSetup setup) {
        policy.start(setup);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        policy.explain(candidates, request, index, terms);
    }

    /** Which backends may be called at this moment, only a choice finds out. */
    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        return request instanceof BackendChoice ? Double.NaN : policy.costOf(candidates, request, index);
    }

    @Override
    public void endpointsChanged(Candidates all) {
        policy.endpointsChanged(all);
    }

    @Override
    public void queueLength(EndpointId endpoint, int ongoing) {
        policy.queueLength(endpoint, ongoing);
    }

    @Override
    public void sent(EndpointId endpoint, PendingRequest request) {
        policy.sent(endpoint, request);
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        policy.routed(endpoint, request);
    }

    @Override
    public void firstToken(EndpointId endpoint, PendingRequest request) {
        policy.firstToken(endpoint, request);
    }

    @Override
    public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
        policy.completed(endpoint, request, outcome);
    }

    @Override
    public void died(EndpointId endpoint) {
        policy.died(endpoint);
    }

    @Override
    public void unavailable(EndpointId endpoint) {
        policy.unavailable(endpoint);
    }

    @Override
    public Set<Need> needs() {
        return policy.needs();
    }

    @Override
    public boolean contentAware() {
        return policy.contentAware();
    }

    @Override
    public @Nullable Object handOver() {
        return policy.handOver();
    }

    @Override
    public void close() {
        policy.close();
    }
}
