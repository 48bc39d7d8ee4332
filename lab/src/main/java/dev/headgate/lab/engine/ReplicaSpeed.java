package dev.headgate.lab.engine;

/**
 * How a replica differs from the preset.
 *
 * @param speed a factor on what depends on the processor, &gt; 0
 * @param cache a factor on the cache, &gt; 0
 */
public record ReplicaSpeed(double speed, double cache) {
    /** As the preset. */
    public static final ReplicaSpeed FULL = new ReplicaSpeed(1, 1);

    public ReplicaSpeed {
        if (!(speed > 0 && speed < 1e6) || !(cache > 0 && cache < 1e6)) {
            throw new IllegalArgumentException("speed " + speed + ", cache " + cache + " (expected: factors > 0)");
        }
    }
}
