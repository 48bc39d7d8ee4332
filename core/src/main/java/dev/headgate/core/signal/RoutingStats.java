package dev.headgate.core.signal;

import java.util.Map;

/**
 * What an endpoint says of itself for routers: numbers and texts of its own choice, and how long ago it said so.
 *
 * @param numbers finite or not, as they came
 * @param texts as they came
 * @param ageNanos how old they are, ≥ 0; −1 = it never answered
 */
public record RoutingStats(Map<String, Double> numbers, Map<String, String> texts, long ageNanos) {
    /** Nothing was said. */
    public static final RoutingStats NONE = new RoutingStats(Map.of(), Map.of(), -1);

    public RoutingStats {
        numbers = Map.copyOf(numbers);
        texts = Map.copyOf(texts);
    }

    /** Returns the number called {@code key}, {@code other} if there is none or it is not finite. */
    public double number(String key, double other) {
        Double value = numbers.get(key);
        return value == null || !Double.isFinite(value) ? other : value;
    }

    /** Returns the text called {@code key}, {@code other} if there is none. */
    public String text(String key, String other) {
        return texts.getOrDefault(key, other);
    }
}
