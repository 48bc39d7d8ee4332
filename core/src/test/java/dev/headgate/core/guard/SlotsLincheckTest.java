package dev.headgate.core.guard;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Every concurrent history of {@link Slots} is one of a counter with a limit. */
public class SlotsLincheckTest {
    private final Slots slots = new Slots(2);

    @Operation
    public boolean tryTake() {
        return slots.tryTake();
    }

    @Operation
    public boolean takeFirst() {
        return slots.takeAsNext(0);
    }

    @Operation
    public void giveBack() {
        slots.giveBack();
    }

    @Operation
    public int taken() {
        return slots.taken();
    }

    @Test
    void isLinearizableUnderStress() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(SlotsLincheckTest.class);
    }

    @Test
    void isLinearizableInEverySchedule() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(SlotsLincheckTest.class);
    }
}
