package dev.headgate.core.pool;

import java.util.Map;

/**
 * A configured upstream: an address, a credential and limits. Address and credential stay with the edge; the core knows
 * the address as an opaque text, so that state survives a reload that leaves it as it is.
 *
 * @param id its name, unique within its pool
 * @param address its URL with path prefix
 * @param priority 1–1000, lower is tried first
 * @param weight 0–1000, its share of its tier; 0 = never picked
 * @param models requested name → upstream name; empty = serves any model under its own name
 * @param limits what it may be asked at most
 * @param credential whose credential it is called with
 * @param prefill how it continues an answer that was begun elsewhere
 * @param traits what it is and tells besides
 */
public record Backend(
        EndpointId id,
        String address,
        int priority,
        int weight,
        Map<String, String> models,
        BackendLimits limits,
        Credential credential,
        Prefill prefill,
        BackendTraits traits) {
    public Backend {
        models = Map.copyOf(models);
        if (priority < 1 || priority > 1000) {
            throw new IllegalArgumentException("priority: " + priority + " (expected: integer 1..1000)");
        }
        if (weight < 0 || weight > 1000) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: integer 0..1000)");
        }
    }

    /** Creates a backend of which nothing else is known. */
    public Backend(
            EndpointId id,
            String address,
            int priority,
            int weight,
            Map<String, String> models,
            BackendLimits limits,
            Credential credential,
            Prefill prefill) {
        this(id, address, priority, weight, models, limits, credential, prefill, BackendTraits.NONE);
    }

    /** Returns this backend with other traits. */
    public Backend with(BackendTraits other) {
        return new Backend(id, address, priority, weight, models, limits, credential, prefill, other);
    }

    /** Returns a backend of weight 1 that serves any model without limits. */
    public static Backend of(String id, String address, int priority) {
        return new Backend(
                new EndpointId(id), address, priority, 1, Map.of(), BackendLimits.NONE, Credential.OWN, Prefill.NONE);
    }

    /** Returns whether it serves {@code model}; the empty name, of a request that names no model, is served by all. */
    public boolean serves(String model) {
        return models.isEmpty() || model.isEmpty() || models.containsKey(model);
    }

    /** Returns what it calls {@code model}. */
    public String upstreamName(String model) {
        return models.getOrDefault(model, model);
    }

    /** Whose credential an attempt carries. */
    public enum Credential {
        /** None. */
        NONE,
        /** The backend's own, fixed. */
        OWN,
        /** The backend's own, from a token provider that can give a fresh one. */
        TOKEN_PROVIDER,
        /** The caller's, passed on. */
        FORWARDED
    }

    /** How a backend is asked to continue an assistant message that was begun elsewhere. */
    public enum Prefill {
        /** It is not. */
        NONE,
        /** The message goes last, as it is. */
        LAST_ASSISTANT,
        /** As vLLM wants it. */
        VLLM,
        /** As Mistral wants it. */
        MISTRAL
    }
}
