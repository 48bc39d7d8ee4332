package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PickersTest {
    private static final InferenceRequest REQUEST = InferenceRequest.of("r", "m", "chat");
    private static final int PICKS = 10_000;

    @Test
    void randomPicksEachAvailableEndpointEquallyOften() {
        int[] picks = picks(Pickers.random(new SplittableRandom(7)), new Fixed(9, -1, 0, 3, 5));
        assertThat(picks[1]).isZero();
        assertEqualShares(picks, 0, 2, 3, 4);
    }

    @Test
    void leastInFlightPicksAmongTheIdlestEquallyOften() {
        int[] picks = picks(Pickers.leastInFlight(new SplittableRandom(7)), new Fixed(2, 1, 4, 1, -1, 1, 1));
        assertThat(picks[0] + picks[2] + picks[4]).isZero();
        assertEqualShares(picks, 1, 3, 5, 6);
    }

    @Test
    void pickNobodyIfNobodyIsAvailable() {
        for (Picker picker :
                new Picker[] {Pickers.random(new SplittableRandom(1)), Pickers.leastInFlight(new SplittableRandom(1))
                }) {
            assertThat(picker.pick(new Fixed(-1, -1), REQUEST)).isEqualTo(Picker.NONE);
            assertThat(picker.pick(new Fixed(), REQUEST)).isEqualTo(Picker.NONE);
        }
    }

    private static int[] picks(Picker picker, Fixed candidates) {
        int[] picks = new int[candidates.size()];
        for (int i = 0; i < PICKS; i++) {
            picks[picker.pick(candidates, REQUEST)]++;
        }
        return picks;
    }

    private static void assertEqualShares(int[] picks, int... indexes) {
        double expected = (double) PICKS / indexes.length;
        for (int index : indexes) {
            assertThat((double) picks[index]).isCloseTo(expected, within(0.05 * expected));
        }
    }

    /** Endpoints with fixed requests in flight; negative means full. */
    private static final class Fixed implements Candidates {
        private final int[] loads;

        private Fixed(int... loads) {
            this.loads = loads;
        }

        @Override
        public int size() {
            return loads.length;
        }

        @Override
        public EndpointId id(int index) {
            return new EndpointId("e" + index);
        }

        @Override
        public boolean available(int index) {
            return loads[index] >= 0;
        }

        @Override
        public int inFlight(int index) {
            return loads[index];
        }
    }
}
