package dev.headgate.core.pick;

import java.util.random.RandomGenerator;

/** The named pickers. */
public final class Pickers {
    private Pickers() {}

    /** Picks uniformly among the available endpoints. {@code random} is as thread-safe as its use. */
    public static Picker random(RandomGenerator random) {
        return new RandomPicker(random);
    }

    /** Picks an available endpoint with the fewest requests in flight, uniformly among equals. */
    public static Picker leastInFlight(RandomGenerator random) {
        return new LeastInFlightPicker(random);
    }
}
