package dev.headgate.core.pick;

import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.EngineModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a prompt is computed on another endpoint than the one that writes the answer, and on which: only where the first
 * token comes sooner for it, the way of the keys and values to the other endpoint included. Immutable and thread-safe.
 *
 * <p>The endpoint that writes the answer is chosen first, among those that {@linkplain #mayDecode may}. A prompt of which it
 * has little to compute stays there. Source: routing.md §9, after the disaggregated serving of vLLM and llm-d.
 *
 * @param minUncached so many tokens must be left to compute, ≥ 1
 * @param secondsPerToken what a token's keys and values take to the other endpoint, ≥ 0
 */
public record Disaggregation(int minUncached, double secondsPerToken) {
    /** The label of an endpoint that says what it is for; one without it does both. */
    public static final String ROLE = "llm-d.ai/role";

    /** An 8-billion-parameter model, 131,072 bytes a token, over 400 Gb/s. */
    public static final Disaggregation DEFAULTS = new Disaggregation(2048, 3e-6);

    private static final Set<String> DECODE = Set.of("", "decode", "both", "prefill-decode", "encode-prefill-decode");
    private static final Set<String> PREFILL =
            Set.of("prefill", "encode-prefill", "both", "prefill-decode", "encode-prefill-decode");

    /** Checks the ranges. */
    public Disaggregation {
        if (minUncached < 1) {
            throw new IllegalArgumentException("minUncached: " + minUncached + " (expected: >= 1)");
        }
        if (!(secondsPerToken >= 0)) {
            throw new IllegalArgumentException("secondsPerToken: " + secondsPerToken + " (expected: >= 0)");
        }
    }

    /** Returns whether endpoint {@code index} writes answers. */
    public static boolean mayDecode(Candidates candidates, int index) {
        return DECODE.contains(role(candidates, index));
    }

    /** Returns whether endpoint {@code index} computes prompts for others. */
    public static boolean mayPrefill(Candidates candidates, int index) {
        return PREFILL.contains(role(candidates, index));
    }

    /** Returns where the prompt is computed if endpoint {@code decode} writes the answer. */
    public Plan plan(Candidates candidates, PendingRequest request, int decode) {
        Prompt prompt = request.request().prompt();
        int uncached = prompt.tokens() - hit(candidates, prompt, decode);
        if (uncached < minUncached) {
            return Plan.NONE;
        }
        double alone = seconds(candidates, prompt, decode);
        double way = secondsPerToken * prompt.tokens();
        Map<Integer, Double> sooner = new HashMap<>();
        for (int i = 0; i < candidates.size(); i++) {
            if (i != decode && mayPrefill(candidates, i) && candidates.available(i)) {
                double split = seconds(candidates, prompt, i) + way;
                if (split < alone) {
                    sooner.put(i, split);
                }
            }
        }
        List<Integer> ranks = new ArrayList<>(sooner.keySet());
        ranks.sort(Comparator.comparing((Integer i) -> sooner.getOrDefault(i, alone))
                .thenComparing(i -> i));
        return ranks.isEmpty() ? Plan.NONE : new Plan(ranks);
    }

    private static double seconds(Candidates candidates, Prompt prompt, int index) {
        EngineModel engine = candidates.engine(index);
        int hit = hit(candidates, prompt, index);
        return engine.ttftSeconds(candidates.pendingTokens(index), prompt.tokens() - hit, hit);
    }

    private static int hit(Candidates candidates, Prompt prompt, int index) {
        return Math.min(prompt.tokens(), candidates.cachedTokens(index));
    }

    private static String role(Candidates candidates, int index) {
        return candidates.labels(index).getOrDefault(ROLE, "");
    }

    /**
     * Where a prompt is computed: by the first of these endpoints that takes it; if none does, by the one that writes the
     * answer.
     *
     * @param prefill indices of candidates, the soonest first; empty = by the one that writes the answer
     */
    public record Plan(List<Integer> prefill) {
        /** The endpoint that writes the answer computes the prompt. */
        public static final Plan NONE = new Plan(List.of());

        public Plan {
            prefill = List.copyOf(prefill);
        }

        /** Returns whether another endpoint computes the prompt. */
        public boolean isSplit() {
            return !prefill.isEmpty();
        }
    }
}
