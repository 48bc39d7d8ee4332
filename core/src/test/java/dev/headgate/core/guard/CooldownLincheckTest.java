package dev.headgate.core.guard;

import dev.headgate.core.request.CoolingCause;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Every concurrent history of a {@link Cooldown} is one of two waits of which the longer counts, and a permit. */
public class CooldownLincheckTest {
    private static final CooldownSettings SETTINGS = CooldownSettings.DEFAULTS;

    private final Cooldown cooldown = new Cooldown();

    @Operation
    public boolean throttleShortly() {
        return cooldown.cool(CoolingCause.THROTTLED, 3, 0, 0, SETTINGS);
    }

    @Operation
    public boolean throttleLong() {
        return cooldown.cool(CoolingCause.THROTTLED, 9, 0, 0, SETTINGS);
    }

    @Operation
    public boolean fail() {
        return cooldown.cool(CoolingCause.FAILED, 6, 0, 0, SETTINGS);
    }

    @Operation
    public boolean succeed() {
        return cooldown.succeeded(1, 2, SETTINGS);
    }

    @Operation
    public long remaining() {
        return cooldown.remainingNanos(2);
    }

    @Operation
    public boolean tryProbe() {
        return cooldown.tryProbe(0) != null;
    }

    @Test
    void isLinearizableUnderStress() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(CooldownLincheckTest.class);
    }

    @Test
    void isLinearizableInEverySchedule() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(CooldownLincheckTest.class);
    }
}
