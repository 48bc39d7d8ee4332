package dev.headgate.core.signal;

import java.time.Duration;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Within a slice, every concurrent history of a {@link SlidingWindow} is one of a counter. */
public class SlidingWindowLincheckTest {
    private final SlidingWindow window = new SlidingWindow(Duration.ofSeconds(10), 0);

    @Operation
    public void add() {
        window.add(0);
    }

    @Operation
    public long count() {
        return window.count(0);
    }

    @Test
    void isLinearizableUnderStress() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(SlidingWindowLincheckTest.class);
    }

    @Test
    void isLinearizableInEverySchedule() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(SlidingWindowLincheckTest.class);
    }
}
