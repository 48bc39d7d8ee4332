package dev.headgate.worker.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void waitsDoubleWithJitterUpToFiveSecondsAndStartOverOnSuccess() {
        for (long seed = 0; seed < 200; seed++) {
            Backoff backoff = new Backoff(new SplittableRandom(seed));
            long whole = 200;
            for (int attempt = 0; attempt < 10; attempt++) {
                assertThat(backoff.next())
                        .as("seed %d attempt %d", seed, attempt)
                        .isBetween(Duration.ofMillis(whole / 2), Duration.ofMillis(whole));
                whole = Math.min(5_000, whole * 2);
            }
            backoff.reset();
            assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(200));
        }
    }
}
