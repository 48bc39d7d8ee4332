package dev.headgate.app;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits, for a bounded time, for what happens in another process. */
final class Eventually {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private Eventually() {}

    /** Returns the first value that {@code look} finds; fails the test if it has found none after {@code longest}. */
    static <T> T find(Supplier<String> what, Duration longest, Supplier<Optional<T>> look) throws InterruptedException {
        long startNanos = System.nanoTime();
        for (Optional<T> found = look.get(); ; found = look.get()) {
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - startNanos > longest.toNanos()) {
                throw new AssertionError(what.get() + ": not within " + longest);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    /** Waits until {@code holds} does; fails the test if it does not within {@code longest}. */
    static void until(String what, Duration longest, BooleanSupplier holds) throws InterruptedException {
        var _ = find(() -> what, longest, () -> holds.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }
}
