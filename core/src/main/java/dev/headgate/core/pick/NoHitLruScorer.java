package dev.headgate.core.pick;

import dev.headgate.core.pick.RequestRouter.Need;
import dev.headgate.core.pool.EndpointId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * {@code no-hit-lru}: spreads prompts that nobody holds: 1 for the endpoint that got one the longest time ago, or never, down
 * to 0 for the latest. If anybody holds part of the prompt it is 0.5 for all. llm-d.
 */
final class NoHitLruScorer implements Scorer {
    private final Map<EndpointId, Long> turns = new HashMap<>();
    private long[] order = new long[16];
    private long turn;
    private long lastColdId = -1; // the request of the latest choice, if nobody held any of it

    @Override
    public void score(Candidates candidates, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
        int count = among.size();
        boolean warm = false;
        for (int k = 0; k < count && !warm; k++) {
            warm = LowestCostRouter.hit(candidates, request, among.get(k)) > 0;
        }
        lastColdId = warm ? -1 : request.metadata().internalId();
        if (warm || count == 1) {
            for (int k = 0; k < count; k++) {
                scores[among.get(k)] = warm ? 0.5 : 1;
            }
            return;
        }
        rank(candidates, among, scores);
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        if (request.metadata().internalId() == lastColdId) {
            turns.put(endpoint, ++turn);
        }
    }

    @Override
    public void endpointsChanged(Candidates all) {
        Set<EndpointId> present = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            present.add(all.id(i));
        }
        turns.keySet().retainAll(present);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }

    /** Sorts turns with the position in the low bits, so that primitives are sorted and those of no turn keep their order. */
    private void rank(Candidates candidates, RouterPart.IndexSet among, double[] scores) {
        int count = among.size();
        if (order.length < count) {
            order = new long[count];
        }
        for (int k = 0; k < count; k++) {
            order[k] = (turns.getOrDefault(candidates.id(among.get(k)), 0L) << 24) | k;
        }
        Arrays.sort(order, 0, count);
        for (int rank = 0; rank < count; rank++) {
            int k = (int) (order[rank] & 0xffffff);
            scores[among.get(k)] = 1 - rank / (count - 1.0);
        }
    }
}
