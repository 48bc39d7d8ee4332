package dev.headgate.lab.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void percentilesAreElements() {
        double[] sorted = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        assertThat(Statistics.percentile(sorted, 0.5)).isEqualTo(6);
        assertThat(Statistics.percentile(sorted, 0.9)).isEqualTo(10);
        assertThat(Statistics.percentile(sorted, 1)).isEqualTo(10);
        assertThat(Statistics.percentile(new double[0], 0.5)).isNaN();
    }

    @Test
    void intervalsUseStudentsDistribution() {
        double[] values = {1, 2, 3, 4, 5};
        assertThat(Statistics.mean(values)).isEqualTo(3);
        assertThat(Statistics.deviation(values)).isCloseTo(1.5811, within(1e-4));
        assertThat(Statistics.halfWidth95(values)).isCloseTo(1.9629, within(1e-3));
        assertThat(Statistics.halfWidth95(1)).isNaN();
    }

    @Test
    void policiesAreReadWithTheirParameters() {
        assertThat(PolicySpec.parse("marginal-cost{lambda=0.2;explore=0},p2c , gie"))
                .containsExactly(
                        new PolicySpec("marginal-cost", Map.of("lambda", "0.2", "explore", "0")),
                        new PolicySpec("p2c", Map.of()),
                        new PolicySpec("gie", Map.of()));
        assertThat(PolicySpec.parse("peers,random")).hasSize(PolicySpec.PEERS.size());
        assertThat(PolicySpec.parse("all").get(0)).hasToString("marginal-cost");
        assertThat(PolicySpec.parse("x{a=1;b=2}").get(0)).hasToString("x{a=1;b=2}");
        for (String bad : new String[] {"", "a,,b", "a{b}", "a{b=1", "{b=1}"}) {
            assertThatThrownBy(() -> PolicySpec.parse(bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(expected: ");
        }
    }

    @Test
    void anSloByLengthGrantsLongPromptsMore() {
        Slo auto = new Slo(Slo.AUTO, 50_000);
        assertThat(auto.isMet(1_000, 750_000, 0)).isTrue();
        assertThat(auto.isMet(1_000, 750_001, 0)).isFalse();
        assertThat(auto.isMet(100_000, 25_500_000, 50_000)).isTrue();
        assertThat(Slo.DEFAULT.isMet(1, 2_000_000, 50_001)).isFalse();
    }
}
