package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.testing.Seeds;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of INVARIANTS.md over generated histories with faults. */
class PlacingRouterLawsTest {
    private static final int HISTORIES = 300;
    private static final int AGE_BOUND = 5;

    @ParameterizedTest
    @CsvSource({"late,true", "late,false", "seed,false", "seed,true", "random,false", "random,true"})
    void everyCallEndsOnceNoLimitIsExceededAndNothingIsLeftBehind(String policy, boolean overlap) {
        Seeds.each(HISTORIES, seed -> new FaultHistory(seed, policy, overlap, true, AGE_BOUND).run());
    }

    @ParameterizedTest
    @CsvSource({"late,true", "late,false", "seed,false", "random,false"})
    void theSameSeedGivesTheSameDecisions(String policy, boolean overlap) {
        Seeds.each(
                30,
                seed -> assertThat(new FaultHistory(seed, policy, overlap, true, AGE_BOUND).run())
                        .isEqualTo(new FaultHistory(seed, policy, overlap, true, AGE_BOUND).run()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nobodyStarves(boolean overlap) {
        AtomicInteger mostWithoutBound = new AtomicInteger();
        Seeds.each(100, seed -> {
            FaultHistory history = new FaultHistory(seed, "late", overlap, false, AGE_BOUND);
            history.run();
            // A forced load waits for the longest run to end and takes up to 300 ms, while every other slot makes runs
            // of
            // at least 40 ms.
            int meanwhile = history.runSlots() * (1 + (60 + 300) / 40);
            assertThat(history.mostOvertaken()).isLessThanOrEqualTo(AGE_BOUND + meanwhile);
            FaultHistory unbounded = new FaultHistory(seed, "late", overlap, false, 1_000_000);
            unbounded.run();
            mostWithoutBound.accumulateAndGet(unbounded.mostOvertaken() - AGE_BOUND - meanwhile, Math::max);
        });
        assertThat(mostWithoutBound.get())
                .as("without the bound some are overtaken more often")
                .isPositive();
    }
}
