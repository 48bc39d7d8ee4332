package dev.headgate.core.testing;

import java.util.function.LongConsumer;

/** Runs a law over generated histories and names the seed of one that breaks it. */
public final class Seeds {
    private Seeds() {}

    /** Runs {@code law} with the seeds 1 to {@code count}. */
    public static void each(int count, LongConsumer law) {
        for (long seed = 1; seed <= count; seed++) {
            try {
                law.accept(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
