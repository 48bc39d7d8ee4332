package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A look at `bench fleet` with three processes; no figure to quote. */
class FleetCommandTest {
    /** Half a minute on a machine that does nothing else. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @Test
    void fleetsAreMeasuredAndNoCallerMeetsTheThrottledBackend() throws IOException, InterruptedException {
        try (HeadgateProcess bench = HeadgateProcess.start(
                "bench",
                "fleet",
                "--processes",
                "3",
                "--rate",
                "20",
                "--episodes",
                "2",
                "--retry-after",
                "1",
                "--settle",
                "2",
                "--seed",
                Peers.seedPython().toString(),
                "--json")) {
            Eventually.until("the measurements are taken", PATIENCE, () -> !bench.isAlive());
            assertThat(bench.awaitExit()).as("%s", bench.err()).isZero();
            JsonNode report = new JsonMapper().readTree(String.join("\n", bench.out()));
            assertThat(report.path("lanes").findValuesAsText("lane")).containsExactly("alone", "shared", "seed");
            for (JsonNode lane : report.path("lanes")) {
                assertThat(lane.path("answers200").asLong()).isPositive();
                assertThat(lane.path("answers429").asLong()).as("%s", lane).isZero();
                assertThat(lane.path("broken").asLong()).as("%s", lane).isZero();
            }
        }
    }
}
