package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.EndpointId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadFailuresTest {
    private static final EndpointId W = new EndpointId("w");
    private final LoadFailures failures = new LoadFailures();

    @Test
    void aWorkerRestsLongerAfterEachFailureInARow() {
        assertThat(failures.failed(W, 0, false, "x")).isEqualTo(Duration.ofSeconds(1));
        assertThat(failures.failed(W, 0, false, "x")).isEqualTo(Duration.ofSeconds(2));
        assertThat(failures.failed(W, 0, false, "x")).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void theExclusionIsHalvedIfWorkWaits() {
        assertThat(failures.failedForGood(W, 0, true, "x")).isEqualTo(Duration.ofSeconds(450));
    }

    @Test
    void isAllowedAgainWhenTheRestIsOver() {
        long second = Duration.ofSeconds(1).toNanos();
        failures.failed(W, 0, false, "x");
        assertThat(failures.allows(W, second - 1)).isFalse();
        assertThat(failures.restNanos(second - 1)).isEqualTo(1);
        assertThat(failures.allows(W, second)).isTrue();
    }

    @Test
    void restingBetweenTriesIsNoExclusion() {
        failures.failed(W, 0, false, "x");
        assertThat(failures.isExcluded(W, 0)).isFalse();
        failures.failedForGood(W, 0, false, "broken file");
        assertThat(failures.isExcluded(W, 0)).isTrue();
        assertThat(failures.excludedWorkers(0)).isEqualTo(1);
        assertThat(failures.lastCause()).isEqualTo("broken file");
    }

    @Test
    void aSuccessForgetsTheFailures() {
        failures.failed(W, 0, false, "x");
        failures.failed(W, 0, false, "x");
        failures.forget(W);
        assertThat(failures.allows(W, 0)).isTrue();
        assertThat(failures.failed(W, 0, false, "x")).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aFailureAfterTheExclusionExcludesAgainAtOnce() {
        long later = Duration.ofHours(1).toNanos();
        failures.failedForGood(W, 0, false, "x");
        assertThat(failures.failed(W, later, false, "x")).isEqualTo(Duration.ofMinutes(15));
    }
}
