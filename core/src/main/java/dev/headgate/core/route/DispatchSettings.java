package dev.headgate.core.route;

import dev.headgate.core.admit.AdmissionLimits;
import java.time.Duration;
import java.util.Map;

/**
 * The constants of a dispatcher, dispatch.md §1; {@link #DEFAULTS} has them in one place.
 *
 * @param suspect silence after which a worker gets no new work
 * @param ttl silence after which it is lost
 * @param reconnectGrace time that a worker whose connection closed has to come back
 * @param cancelGrace time that a worker has to stop a task
 * @param noWorkerWait time that requests wait while no worker is connected
 * @param attempts attempts per task, ≥ 1
 * @param admission how much may wait
 * @param tenantWeights weights > 0 by tenant; one that is not named weighs 1
 */
public record DispatchSettings(
        Duration suspect,
        Duration ttl,
        Duration reconnectGrace,
        Duration cancelGrace,
        Duration noWorkerWait,
        int attempts,
        AdmissionLimits admission,
        Map<String, Double> tenantWeights) {
    /** The defaults of dispatch.md §1. */
    public static final DispatchSettings DEFAULTS = new DispatchSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            3,
            AdmissionLimits.DEFAULTS,
            Map.of());

    public DispatchSettings {
        tenantWeights = Map.copyOf(tenantWeights);
        if (suspect.compareTo(ttl) >= 0) {
            throw new IllegalArgumentException("suspect: " + suspect + " (expected: < ttl, " + ttl + ")");
        }
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts: " + attempts + " (expected: >= 1)");
        }
    }

    /** Returns these settings with other limits on what may wait. */
    public DispatchSettings withAdmission(AdmissionLimits limits) {
        return new DispatchSettings(
                suspect, ttl, reconnectGrace, cancelGrace, noWorkerWait, attempts, limits, tenantWeights);
    }

    /** Returns these settings with other tenants' weights. */
    public DispatchSettings withTenantWeights(Map<String, Double> weights) {
        return new DispatchSettings(
                suspect, ttl, reconnectGrace, cancelGrace, noWorkerWait, attempts, admission, weights);
    }
}
