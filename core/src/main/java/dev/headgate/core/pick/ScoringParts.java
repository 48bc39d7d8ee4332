package dev.headgate.core.pick;

import dev.headgate.core.pick.LabelFilter.Unlabelled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The filters and scorers by name, each also by the longer one that it has in llm-d. */
final class ScoringParts {
    /** What each may be called besides. */
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("queue-scorer", "queue"),
            Map.entry("running-requests-size-scorer", "running"),
            Map.entry("kv-cache-utilization-scorer", "kv"),
            Map.entry("load-aware-scorer", "load-aware"),
            Map.entry("active-request-scorer", "active-request"),
            Map.entry("token-load-scorer", "token-load"),
            Map.entry("prefix-cache-scorer", "prefix"),
            Map.entry("lora-affinity-scorer", "lora"),
            Map.entry("no-hit-lru-scorer", "no-hit-lru"),
            Map.entry("session-affinity-scorer", "session"),
            Map.entry("prefix-cache-affinity-filter", "llm-d-affinity"),
            Map.entry("decode-filter", "decode"),
            Map.entry("prefill-filter", "prefill"));

    private static final String ROLE = "llm-d.ai/role";
    private static final double MOST_WEIGHT = 1e6;
    private static final Map<String, PolicyParameters> FILTERS = filters();
    private static final Map<String, PolicyParameters> SCORERS = scorers();

    private ScoringParts() {}

    /** Returns the filter that {@code given} names and parameterises. */
    static Filter filter(RouterSetup.Parameters given, RouterSetup setup) {
        String name = name("filter", given, FILTERS);
        PolicyParameters.Values values = read("filter", name, FILTERS, given, Set.of("name"));
        return switch (name) {
            case "decode" ->
                new LabelFilter(
                        ROLE, Set.of("decode", "prefill-decode", "both", "encode-prefill-decode"), Unlabelled.KEPT);
            case "prefill" ->
                new LabelFilter(
                        ROLE,
                        Set.of("prefill", "encode-prefill", "prefill-decode", "both", "encode-prefill-decode"),
                        Unlabelled.DROPPED);
            default -> new AffinityFilter(values, setup.random());
        };
    }

    /** Returns the scorer that {@code given} names, weighs and parameterises. */
    static WeightedRouter.WeightedScorer scorer(RouterSetup.Parameters given, RouterSetup setup) {
        String name = name("scorer", given, SCORERS);
        PolicyParameters.Values values = read("scorer", name, SCORERS, given, Set.of("name"));
        Scorer scorer = switch (name) {
            case "no-hit-lru" -> new NoHitLruScorer();
            case "session" -> new SessionScorer(new SessionPart(setup.ticker()));
            case "prefix-length" -> new PrefixLengthScorer(values.number("length"));
            default -> signal(name);
        };
        return new WeightedRouter.WeightedScorer(name, scorer, values.number("weight"));
    }

    private static SignalScorer signal(String name) {
        for (SignalScorer scorer : SignalScorer.values()) {
            if (scorer.policyName().equals(name)) {
                return scorer;
            }
        }
        throw new IllegalArgumentException("scorer: " + name + " (expected: one of " + SCORERS.keySet() + ")");
    }

    private static String name(String kind, RouterSetup.Parameters given, Map<String, PolicyParameters> known) {
        String asked = given.text("name", "");
        String name = ALIASES.getOrDefault(asked, asked);
        if (!known.containsKey(name)) {
            throw new IllegalArgumentException(RoutingPolicies.unknown(kind, asked, known.keySet()));
        }
        return name;
    }

    private static PolicyParameters.Values read(
            String kind,
            String name,
            Map<String, PolicyParameters> known,
            RouterSetup.Parameters given,
            Set<String> others) {
        PolicyParameters parameters = known.get(name);
        try {
            return (parameters == null ? PolicyParameters.none() : parameters).read(given, others);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(kind + " " + name + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, PolicyParameters> filters() {
        Map<String, PolicyParameters> filters = new LinkedHashMap<>();
        filters.put("llm-d-affinity", AffinityFilter.PARAMETERS);
        filters.put("decode", PolicyParameters.none());
        filters.put("prefill", PolicyParameters.none());
        return filters;
    }

    private static Map<String, PolicyParameters> scorers() {
        PolicyParameters weight = PolicyParameters.none().number("weight", 1, 0, MOST_WEIGHT);
        List<String> names = new ArrayList<>();
        for (SignalScorer scorer : SignalScorer.values()) {
            names.add(scorer.policyName());
        }
        names.add("no-hit-lru");
        names.add("session");
        Map<String, PolicyParameters> scorers =
                names.stream().collect(Collectors.toMap(name -> name, name -> weight, (a, b) -> a, LinkedHashMap::new));
        scorers.put("prefix-length", weight.number("length", 0.5, 0, 1));
        return scorers;
    }
}
