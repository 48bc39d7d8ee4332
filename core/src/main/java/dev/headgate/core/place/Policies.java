package dev.headgate.core.place;

import java.util.List;
import java.util.random.RandomGenerator;

/** The named placement policies. */
public final class Policies {
    /** The name of the one that lets tasks wait, and leaves the choice among equal workers to a router if there is one. */
    public static final String LATE = "late";

    /** The names that {@link #named} takes. */
    public static final List<String> NAMES = List.of(LATE, "seed", "random");

    private Policies() {}

    /** Returns the policy of that name; throws {@link IllegalArgumentException} for an unknown one. */
    public static PlacementPolicy named(String name, PlacementSettings settings, RandomGenerator random) {
        return switch (name) {
            case LATE -> new LatePlacement(settings, random);
            case "seed" -> new SeedPlacement(random);
            case "random" -> new RandomPlacement(random);
            default -> throw new IllegalArgumentException("policy: " + name + " (expected: one of " + NAMES + ")");
        };
    }
}
