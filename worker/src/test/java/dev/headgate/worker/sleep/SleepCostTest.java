package dev.headgate.worker.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SleepCostTest {
    @Test
    void drawsKeepTheMeanAndNeverFallBelowTheFloor() {
        SplittableRandom random = new SplittableRandom(3);
        SleepCost cost = new SleepCost(100, 40);
        double[] millis = IntStream.range(0, 20_000)
                .mapToDouble(_ -> cost.draw(random, 0.3).toNanos() / 1e6)
                .toArray();

        assertThat(IntStream.range(0, millis.length).mapToDouble(i -> millis[i]))
                .allMatch(value -> value >= 30);
        assertThat(IntStream.range(0, millis.length)
                        .mapToDouble(i -> millis[i])
                        .average()
                        .orElseThrow())
                .isCloseTo(101, within(2.0));
    }

    @Test
    void sameSeedGivesTheSameDraws() {
        SleepCost cost = new SleepCost(100, 40);
        SplittableRandom one = new SplittableRandom(5);
        SplittableRandom other = new SplittableRandom(5);
        for (int i = 0; i < 100; i++) {
            assertThat(cost.draw(one, 0.2)).isEqualTo(cost.draw(other, 0.2));
        }
    }
}
