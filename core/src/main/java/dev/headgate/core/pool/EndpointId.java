package dev.headgate.core.pool;

/**
 * The name of an endpoint, unique within its pool.
 *
 * @param value the name as configured or as the worker gave it
 */
public record EndpointId(String value) implements Comparable<EndpointId> {
    public EndpointId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("endpoint id: \"\" (expected: at least one character)");
        }
    }

    @Override
    public int compareTo(EndpointId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
