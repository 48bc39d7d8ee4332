package dev.headgate.core.admit;

/**
 * One tenant's share of the service, in seconds of run and load time that its requests caused.
 *
 * <p>Tenants are served by smallest service ÷ weight. One that comes back after a pause starts level with the least
 * served of those that wait, so that a pause is no credit. Confined to the owner of the waiting room.
 */
public final class Tenant {
    private final String name;
    private final double weight;
    private double serviceSeconds;
    int waiting;

    Tenant(String name, double weight) {
        this.name = name;
        this.weight = weight;
    }

    /** Returns its name; empty for callers without a token. */
    public String name() {
        return name;
    }

    /** Adds service that it received; {@code seconds} ≥ 0. */
    public void charge(double seconds) {
        serviceSeconds += seconds;
    }

    /** Returns the service received ÷ weight. */
    public double share() {
        return serviceSeconds / weight;
    }

    void startLevelWith(double leastShare) {
        serviceSeconds = Math.max(serviceSeconds, leastShare * weight);
    }
}
