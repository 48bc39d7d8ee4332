package dev.headgate.core.pick;

import dev.headgate.core.pick.RequestRouter.Need;
import java.util.Locale;
import java.util.Set;

/**
 * The scorers that look at one signal of each endpoint, named as in the Gateway API Inference Extension and llm-d.
 *
 * <p>x is the signal, max and min are over the candidates.
 */
enum SignalScorer implements Scorer {
    /** Requests in the engine's queue: (max − x) ÷ (max − min), 1 if all are equal. */
    QUEUE {
        @Override
        public void score(Candidates c, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
            for (int k = 0; k < among.size(); k++) {
                scores[among.get(k)] = EngineLoad.waiting(c, among.get(k));
            }
            fewerIsBetter(among, scores);
        }
    },
    /** Requests in the engine's batch, likewise. */
    RUNNING {
        @Override
        public void score(Candidates c, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
            for (int k = 0; k < among.size(); k++) {
                scores[among.get(k)] = EngineLoad.running(c, among.get(k));
            }
            fewerIsBetter(among, scores);
        }
    },
    /** The share of the cache that is free: 1 − u. */
    KV {
        @Override
        public void score(Candidates c, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
            for (int k = 0; k < among.size(); k++) {
                scores[among.get(k)] = 1 - EngineLoad.kvUsage(c, among.get(k));
            }
        }
    },
    /** Half for an empty queue, falling to 0 at 128 waiting requests. */
    LOAD_AWARE {
        @Override
        public void score(Candidates c, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
            for (int k = 0; k < among.size(); k++) {
                scores[among.get(k)] = 0.5 * (1 - Math.min(1, EngineLoad.waiting(c, among.get(k)) / 128));
            }
        }
    },
    /** Requests assigned here: 1 if there are none, else (max − n) ÷ max. */
    ACTIVE_REQUEST {
        @Override
        public void score(Candidates c, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
            double most = 0;
            for (int k = 0; k < among.size(); k++) {
                most = Math.max(most, c.inFlight(among.get(k)));
            }
            for (int k = 0; k < among.size(); k++) {
                int inFlight = c.inFlight(among.get(k));
                scores[among.get(k)] = inFlight == 0 ? 1 : (most - inFlight) / most;
            }
        }
    },
    /** Tokens that wait and this request's uncached ones, against 4 million. */
    TOKEN_LOAD {
        @Override
        public void score(Candidates c, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
            int tokens = request.request().prompt().tokens();
            for (int k = 0; k < among.size(); k++) {
                int i = among.get(k);
                double load = c.pendingTokens(i) + (double) tokens - LowestCostRouter.hit(c, request, i);
                scores[i] = 1 - Math.min(1, load / 4_194_304);
            }
        }
    },
    /** The share of the prompt's blocks that the endpoint holds. */
    PREFIX {
        @Override
        public void score(Candidates c, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
            for (int k = 0; k < among.size(); k++) {
                scores[among.get(k)] = LowestCostRouter.match(c, request, among.get(k));
            }
        }
    },
    /**
     * The model or adapter: 1 if it is loaded, 0.8 if there is room for it by the label {@code max-adapters} or nothing is
     * known of room, else 0. (llm-d gives 0.6 to one that waits for a place, which endpoints do not tell here.)
     */
    LORA {
        @Override
        public void score(Candidates c, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
            String asked = request.metadata().multiplexedModelId();
            String model = asked.isEmpty() ? request.request().model() : asked;
            for (int k = 0; k < among.size(); k++) {
                int i = among.get(k);
                scores[i] = c.models(i).contains(model) ? 1 : hasRoomForAdapter(c, i) ? 0.8 : 0;
            }
        }
    };

    @Override
    public Set<Need> needs() {
        return this == PREFIX || this == TOKEN_LOAD ? Set.of(Need.PREFIX) : Set.of();
    }

    /** Returns what a configuration calls it. */
    String policyName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void fewerIsBetter(RouterPart.IndexSet among, double[] scores) {
        double most = Double.NEGATIVE_INFINITY;
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < among.size(); k++) {
            double score = scores[among.get(k)];
            most = Math.max(most, score);
            least = Math.min(least, score);
        }
        double scale = most > least ? 1 / (most - least) : 0;
        for (int k = 0; k < among.size(); k++) {
            int i = among.get(k);
            scores[i] = scale == 0 ? 1 : (most - scores[i]) * scale;
        }
    }

    private static boolean hasRoomForAdapter(Candidates candidates, int index) {
        String most = candidates.labels(index).get("max-adapters");
        try {
            return most == null || candidates.models(index).size() < Integer.parseInt(most);
        } catch (NumberFormatException e) {
            return true; // a label that is no number says nothing about room
        }
    }
}
