package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EwmaTest {
    private final Ewma average = new Ewma(0.25, 100);

    @Test
    void readsThePriorBeforeTheFirstSampleWhichReplacesIt() {
        assertThat(average.value()).isEqualTo(100);
        average.add(8);
        assertThat(average.value()).isEqualTo(8);
    }

    @Test
    void movesByItsWeightOfTheDifference() {
        average.add(8);
        average.add(16);
        assertThat(average.value()).isEqualTo(10);
    }

    @Test
    void ignoresSamplesThatAreNoTimes() {
        average.add(Double.NaN);
        average.add(Double.POSITIVE_INFINITY);
        average.add(-1);
        assertThat(average.value()).isEqualTo(100);
    }

    @Test
    void refusesAWeightThatIsNone() {
        assertThatThrownBy(() -> new Ewma(0, 1)).hasMessage("weight: 0.0 (expected: in (0, 1])");
        assertThatThrownBy(() -> new Ewma(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
