package dev.headgate.core.pool;

import java.util.Map;

/**
 * What a backend is beside an address with limits: what policies look at, and what it tells of itself.
 *
 * @param place where it runs
 * @param labels attributes, as {@code role} or {@code variant}
 * @param tellsOngoing whether it says how many requests it has, answers probes and rejects what it does not take
 *     (routing.md §3)
 */
public record BackendTraits(Place place, Map<String, String> labels, boolean tellsOngoing) {
    /** Nothing is known of it, and it tells nothing. */
    public static final BackendTraits NONE = new BackendTraits(Place.UNKNOWN, Map.of(), false);

    public BackendTraits {
        labels = Map.copyOf(labels);
    }
}
