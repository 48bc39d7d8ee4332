package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PopularityTest {
    private static final double MEMORY = 50;

    @Test
    void isZeroForALabelThatNobodyAskedFor() {
        assertThat(new Popularity().at(1000, MEMORY)).isZero();
    }

    @Test
    void sharesAddUpToOneFromTheFirstArrivalOn() {
        SplittableRandom random = new SplittableRandom(1);
        Popularity[] labels = {new Popularity(), new Popularity(), new Popularity()};
        for (int arrival = 1; arrival <= 500; arrival++) {
            labels[random.nextInt(3)].arrived(arrival, MEMORY);
            double sum = 0;
            for (Popularity label : labels) {
                sum += label.at(arrival, MEMORY);
            }
            assertThat(sum).isCloseTo(1, within(0.02));
        }
    }

    @Test
    void settlesAtTheShareOfArrivals() {
        Popularity quarter = new Popularity();
        for (int arrival = 4; arrival <= 2000; arrival += 4) {
            quarter.arrived(arrival, MEMORY);
        }
        assertThat(quarter.at(2002, MEMORY)).isCloseTo(0.25, within(0.01));
    }

    @Test
    void fadesByOneOverEPerMemory() {
        Popularity popularity = new Popularity();
        popularity.arrived(1000, MEMORY);
        double fresh = popularity.at(1000, MEMORY);
        assertThat(popularity.at(1000 + (long) MEMORY, MEMORY)).isCloseTo(fresh / Math.E, within(1e-9));
    }
}
