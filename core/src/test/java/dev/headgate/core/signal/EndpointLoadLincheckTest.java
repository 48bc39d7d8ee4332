package dev.headgate.core.signal;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Every concurrent history of an {@link EndpointLoad} is one of a counter with a limit. */
public class EndpointLoadLincheckTest {
    private final EndpointLoad load = new EndpointLoad();

    @Operation
    public boolean tryStart() {
        return load.tryStart(2);
    }

    @Operation
    public void finish() {
        load.finish();
    }

    @Operation
    public int inFlight() {
        return load.inFlight();
    }

    @Test
    void isLinearizableUnderStress() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(EndpointLoadLincheckTest.class);
    }

    @Test
    void isLinearizableInEverySchedule() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(EndpointLoadLincheckTest.class);
    }
}
