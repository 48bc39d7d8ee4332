package dev.headgate.gateway.upstream;

import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CircuitBreaker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The circuit breaker of one pool together with the requests that wait at it. Thread-safe. */
public final class PoolBreaker {
    private final BreakerSettings settings;
    private final RoomSeekers seekers = new RoomSeekers();
    private final ConcurrentHashMap<CircuitBreaker.Gate, ConnectionGate> gates = new ConcurrentHashMap<>();

    /** Puts a breaker that was made with {@code settings} before upstream connections. */
    public PoolBreaker(BreakerSettings settings) {
        this.settings = settings;
    }

    /** Returns what stands before the connections of {@code endpoint}, a gate of this breaker; the same each time. */
    public ConnectionGate gate(CircuitBreaker.Gate endpoint) {
        ConnectionGate known = gates.get(endpoint);
        return known != null ? known : gates.computeIfAbsent(endpoint, this::newGate);
    }

    private ConnectionGate newGate(CircuitBreaker.Gate endpoint) {
        return new ConnectionGate(endpoint, seekers, settings.maxRequestsPerConnection());
    }

    /** Forgets all endpoints but those {@code inForce}; what is open at the others goes on. */
    public void retain(Set<CircuitBreaker.Gate> inForce) {
        gates.keySet().retainAll(inForce);
    }

    /** Returns how many endpoints it knows. */
    int endpoints() {
        return gates.size();
    }
}
