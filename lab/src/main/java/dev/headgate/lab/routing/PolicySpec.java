package dev.headgate.lab.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A policy with its parameters, as {@code marginal-cost{lambda=0.2;explore=0}}.
 *
 * @param name its name, or where its class is
 * @param parameters as texts, in the order given
 */
public record PolicySpec(String name, Map<String, String> parameters) {
    /** Every baseline that a report compares with. */
    public static final List<String> PEERS = List.of(
            "random",
            "round-robin",
            "least-request",
            "p2c",
            "peak-ewma",
            "prequal-hcl",
            "consistent-hash{c=off}",
            "consistent-hash",
            "prefix-affinity",
            "prefix-affinity{imbalance=infinity}",
            "sglang-cache-aware",
            "sglang-least-load",
            "aibrix-prefix",
            "gie",
            "llm-d-optimized-baseline",
            "stack-load-aware",
            "dynamo",
            "lmetric",
            "lpwl",
            "preble");

    /** The policy that is ours and is no peer. */
    public static final String OURS = "marginal-cost";

    /** The bound that no policy can reach, as it knows the future. */
    public static final String ORACLE = "oracle";

    public PolicySpec {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads a list of policies, {@code peers} and {@code all} among them; none comes twice.
     *
     * @throws IllegalArgumentException if braces do not match or a parameter has no value
     */
    public static List<PolicySpec> parse(String list) {
        List<String> texts = new ArrayList<>();
        for (String text : split(list)) {
            switch (text) {
                case "peers" -> texts.addAll(PEERS);
                case "all" -> {
                    texts.add(OURS);
                    texts.addAll(PEERS);
                }
                default -> texts.add(text);
            }
        }
        return texts.stream().map(PolicySpec::one).distinct().toList();
    }

    private static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= list.length(); i++) {
            char c = i < list.length() ? list.charAt(i) : ',';
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && (depth <= 0 || i == list.length())) {
                parts.add(list.substring(start, i).strip());
                start = i + 1;
            }
        }
        return parts;
    }

    private static PolicySpec one(String text) {
        int brace = text.indexOf('{');
        if (brace < 0) {
            return new PolicySpec(named(text, text), Map.of());
        }
        if (!text.endsWith("}")) {
            throw new IllegalArgumentException(text + " (expected: NAME{KEY=VALUE;KEY=VALUE})");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : text.substring(brace + 1, text.length() - 1).split(";", -1)) {
            String[] keyAndValue = pair.split("=", 2);
            if (keyAndValue.length < 2 || keyAndValue[0].isBlank()) {
                throw new IllegalArgumentException(text + " (expected: NAME{KEY=VALUE;KEY=VALUE})");
            }
            parameters.put(keyAndValue[0].strip(), keyAndValue[1].strip());
        }
        return new PolicySpec(named(text.substring(0, brace).strip(), text), parameters);
    }

    private static String named(String name, String text) {
        if (name.isEmpty() || name.contains("}")) {
            throw new IllegalArgumentException("'" + text + "' (expected: a policy)");
        }
        return name;
    }

    /** Returns whether others are compared with it as the state of the art. */
    boolean isPeer() {
        return PEERS.stream().anyMatch(peer -> peer.split("\\{", 2)[0].equals(name));
    }

    @Override
    public String toString() {
        if (parameters.isEmpty()) {
            return name;
        }
        List<String> pairs = new ArrayList<>();
        parameters.forEach((key, value) -> pairs.add(key + "=" + value));
        return name + "{" + String.join(";", pairs) + "}";
    }
}
