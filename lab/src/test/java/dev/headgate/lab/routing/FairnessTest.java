package dev.headgate.lab.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FairnessTest {
    @Test
    void smallDemandsAreMetAndTheRestIsSharedEqually() {
        assertThat(Fairness.maxMin(new double[] {200, 30}, 100)).containsExactly(70, 30);
        assertThat(Fairness.maxMin(new double[] {200, 30, 80}, 100)).containsExactly(35, 30, 35);
        assertThat(Fairness.maxMin(new double[] {10, 20}, 100)).containsExactly(10, 20);
        assertThat(Fairness.maxMin(new double[] {}, 100)).isEmpty();
    }
}
