package dev.headgate.core.request;

import java.util.Set;

/**
 * Which statuses fail over beyond, or short of, gateway.md §4.
 *
 * @param add statuses that fail over although they would be returned; nothing cools for them
 * @param remove statuses that are returned although they would fail over; what cools, cools
 */
public record FailoverStatuses(Set<Integer> add, Set<Integer> remove) {
    /** As the table says. */
    public static final FailoverStatuses DEFAULTS = new FailoverStatuses(Set.of(), Set.of());

    public FailoverStatuses {
        add = Set.copyOf(add);
        remove = Set.copyOf(remove);
    }
}
