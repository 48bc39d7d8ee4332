package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look at `bench gateway`, in a process of its own as it keeps itself to some cores; no figure to quote. */
class GatewayCommandTest {
    /** Half a minute on a machine that does nothing else. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path noRivals;

    @Test
    void everyFigureOfHeadgateIsTakenAndARivalThatIsMissingIsAbsent() throws IOException, InterruptedException {
        try (HeadgateProcess bench = HeadgateProcess.start(
                "bench",
                "gateway",
                "--transports",
                "auto",
                "--rivals",
                "envoy",
                "--rivals-folder",
                noRivals.toString(),
                "--rounds",
                "1",
                "--seconds",
                "0.3",
                "--warm-up",
                "1",
                "--json")) {
            Eventually.until("the measurements are taken", PATIENCE, () -> !bench.isAlive());
            assertThat(bench.awaitExit()).as("%s", bench.err()).isZero();
            JsonNode report = new JsonMapper().readTree(String.join("\n", bench.out()));
            assertThat(report.at("/absent/envoy").asText()).isEqualTo("envoy is not installed");
            JsonNode headgate = report.at("/rows/0");
            for (String load : new String[] {"json", "json10k", "burst", "paced"}) {
                assertThat(headgate.path(load).path("units").asLong()).as(load).isPositive();
                assertThat(headgate.path(load).path("errors").asLong()).as(load).isZero();
            }
            assertThat(headgate.at("/streams/whole").asLong()).isGreaterThanOrEqualTo(2_000);
            assertThat(headgate.at("/streams/errors").asLong()).isZero();
            assertThat(headgate.at("/quiet/heapBytesPerRequest").asDouble()).isPositive();
        }
    }
}
