package dev.headgate.core.pick;

import dev.headgate.core.time.Ticker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Prefers endpoints that hold the model or adapter of a request.
 *
 * <p>While matching, for a time drawn anew at each pass between one and two seconds so that requests do not give up all at
 * once, the holders are tried first. If nobody holds the model, those with the fewest models are, once for all requests that
 * ask for it: then it is "asked" and the others wait for it to appear, so that a burst does not load one model everywhere.
 * If the holders were full, those with the fewest models are tried. After that time those with the fewest models are tried
 * once and then all.
 */
final class ModelPart implements RouterPart {
    /** T of routing.md §4. */
    private static final long MATCHING_NANOS = 1_000_000_000L;

    /** As many models as can be waited for; more would be a mistake or an attack, and the oldest is asked for again. */
    private static final int MOST_ASKED = 10_000;

    private final Ticker ticker;
    private final RandomGenerator random;
    private final CandidateSet narrowed = new CandidateSet();
    private final Map<String, Boolean> asked = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_ASKED;
        }
    };

    ModelPart(Ticker ticker, RandomGenerator random) {
        this.ticker = ticker;
        this.random = random;
    }

    @Override
    public void rank(Candidates candidates, PendingRequest request, Ranks ranks) {
        String model = request.metadata().multiplexedModelId();
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < candidates.size(); i++) {
            if (holds(candidates, i, model)) {
                ranks.add(i);
            } else {
                fewest = Math.min(fewest, candidates.models(i).size());
            }
        }
        ranks.next();
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.models(i).size() == fewest) {
                ranks.add(i);
            }
        }
        ranks.next();
        for (int i = 0; i < candidates.size(); i++) {
            ranks.add(i);
        }
    }

    @Override
    public IndexSet narrow(Candidates candidates, PendingRequest request) {
        RoutingContext context = request.context();
        long now = ticker.nanos();
        if (context.multiplexMatchingSinceNanos == 0) {
            context.multiplexMatchingSinceNanos = now == 0 ? 1 : now;
        }
        long matching = MATCHING_NANOS + random.nextLong(MATCHING_NANOS + 1);
        if (now - context.multiplexMatchingSinceNanos < matching) {
            return match(candidates, request);
        }
        if (!context.triedFewestModels) {
            context.triedFewestModels = true;
            return withFewest(candidates);
        }
        return narrowed.fill(candidates.size());
    }

    private IndexSet match(Candidates candidates, PendingRequest request) {
        String model = request.metadata().multiplexedModelId();
        narrowed.clear();
        for (int i = 0; i < candidates.size(); i++) {
            if (holds(candidates, i, model)) {
                narrowed.add(i);
            }
        }
        RoutingContext context = request.context();
        if (narrowed.size() == 0) {
            return asked.put(model, true) == null ? withFewest(candidates) : narrowed;
        }
        asked.remove(model);
        if (context.triedFirstModels) {
            return withFewest(candidates);
        }
        context.triedFirstModels = true;
        return narrowed;
    }

    private IndexSet withFewest(Candidates candidates) {
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < candidates.size(); i++) {
            fewest = Math.min(fewest, candidates.models(i).size());
        }
        narrowed.clear();
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.models(i).size() == fewest) {
                narrowed.add(i);
            }
        }
        return narrowed;
    }

    private static boolean holds(Candidates candidates, int index, String model) {
        return candidates.models(index).contains(model);
    }
}
