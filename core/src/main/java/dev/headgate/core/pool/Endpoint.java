package dev.headgate.core.pool;

import java.util.Set;

/**
 * One address that can serve.
 *
 * @param id its name
 * @param models the models it serves; empty = any
 * @param maxInFlight how many requests it takes at once, ≥ 1
 */
public record Endpoint(EndpointId id, Set<String> models, int maxInFlight) {
    public Endpoint {
        models = Set.copyOf(models);
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight: " + maxInFlight + " (expected: >= 1)");
        }
    }

    /** Returns an endpoint that serves any model. */
    public static Endpoint of(String id, int maxInFlight) {
        return new Endpoint(new EndpointId(id), Set.of(), maxInFlight);
    }

    /** Returns whether it serves {@code model}. */
    public boolean serves(String model) {
        return models.isEmpty() || models.contains(model);
    }
}
