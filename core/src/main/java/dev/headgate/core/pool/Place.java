package dev.headgate.core.pool;

/**
 * Where something runs.
 *
 * @param node its machine, empty if unknown
 * @param zone where the machine is, empty if unknown
 */
public record Place(String node, String zone) {
    /** Nobody knows. */
    public static final Place UNKNOWN = new Place("", "");
}
