package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sixty-four clients, while the configuration is reloaded twenty times, backends die and come back, and one is a black
 * hole. {@code -Dsoak.requests=640000} makes it the long run.
 */
class SoakTest {
    private static final int CLIENTS = 64;
    private static final int RELOADS = 20;
    private static final int OWN_CONNECTIONS = 2; // those on which this test asks
    private static final int DEATHS_AND_REVIVALS = 40;
    private static final int REQUESTS = Integer.getInteger("soak.requests", 10_000);

    /** Ends a run that hangs; 50 requests a second is a crawl. */
    private static final Duration PATIENCE = Duration.ofSeconds(60 + REQUESTS / 50);

    @Test
    void nobodyLosesARequestAndNothingIsLeftBehind(@TempDir Path folder) throws IOException, InterruptedException {
        try (SoakFleet fleet = new SoakFleet()) {
            Path config = Files.writeString(folder.resolve("headgate.yaml"), fleet.configuration(0));
            Map<String, String> watched = Map.of("JDK_JAVA_OPTIONS", "-Dio.netty.leakDetection.level=paranoid");
            try (ServerProcess server = ServerProcess.start(watched, "--workers", "0", "--config", config.toString())) {
                try (SoakClients clients = SoakClients.start(server.url(), CLIENTS, REQUESTS)) {
                    disturb(clients, fleet, server, config);
                    assertThat(clients.failed())
                            .as("failed requests, such as %s", clients.troubles())
                            .isZero();
                }
                assertDisturbed(server);
                assertNothingIsHeld(server);
                assertConnectionsEnd(server, fleet);
                assertNothingLeaked(server);
            }
        }
    }

    /** Spreads the disturbances evenly over the requests. */
    private static void disturb(SoakClients clients, SoakFleet fleet, ServerProcess server, Path config)
            throws IOException, InterruptedException {
        int reloads = 0;
        for (int turn = 0; turn < DEATHS_AND_REVIVALS; turn++) {
            int due = (int) ((long) REQUESTS * (turn + 1) / (DEATHS_AND_REVIVALS + 1));
            Eventually.until(due + " requests are over", PATIENCE, () -> clients.ended() >= due);
            fleet.turn(turn);
            if (turn * RELOADS / DEATHS_AND_REVIVALS >= reloads) {
                reloads++;
                Files.writeString(config, fleet.configuration(reloads));
                reload(server);
            }
        }
        assertThat(reloads).isEqualTo(RELOADS);
        Eventually.until("all requests are over", PATIENCE, clients::isOver);
    }

    private static void assertDisturbed(ServerProcess server) throws InterruptedException {
        String metrics = metrics(server);
        assertThat(value(metrics, "headgate_requests_total")).isEqualTo(REQUESTS);
        assertThat(value(metrics, "headgate_generation"))
                .isGreaterThan(RELOADS); // it sees by itself, too, that a file changes
        assertThat(value(metrics, "headgate_recoveries_total{pool=\"main\",mode=\"replay\",result=\"resumed\"}"))
                .as("streams that broke")
                .isPositive();
    }

    private static void assertNothingIsHeld(ServerProcess server) throws InterruptedException {
        String admin = server.adminUrl();
        Eventually.until("no attempt is in flight", HeadgateProcess.PATIENCE, () -> {
            int inFlight = 0;
            for (JsonNode backend :
                    ServerProcess.getFrom(admin + "/admin/backends").json()) {
                inFlight += backend.path("inFlight").asInt();
            }
            return inFlight == 0;
        });
        Eventually.until("nothing is held", HeadgateProcess.PATIENCE, () -> {
            String metrics = ServerProcess.getFrom(admin + "/metrics").body();
            return value(metrics, "headgate_requests_in_flight") == 0
                    && value(metrics, "headgate_held_body_bytes") == 0
                    && value(metrics, "headgate_connections") <= OWN_CONNECTIONS
                    && value(metrics, "headgate_upstream_connections")
                            == value(metrics, "headgate_upstream_idle_connections");
        });
    }

    /** Connections that wait for a request are known, every one: when their other ends go, so do they. */
    private static void assertConnectionsEnd(ServerProcess server, SoakFleet fleet)
            throws IOException, InterruptedException {
        fleet.close();
        String admin = server.adminUrl();
        Eventually.until(
                "connections to backends that are gone are closed",
                HeadgateProcess.PATIENCE,
                () -> value(ServerProcess.getFrom(admin + "/metrics").body(), "headgate_upstream_connections") == 0);
    }

    private static void reload(ServerProcess server) throws InterruptedException {
        Answer answer = ServerProcess.postTo(server.adminUrl() + "/admin/reload", "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static String metrics(ServerProcess server) throws InterruptedException {
        return ServerProcess.getFrom(server.adminUrl() + "/metrics").body();
    }

    private static long value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + metrics));
    }

    /** A leak is found when what leaked has been collected and something else is allocated. */
    private static void assertNothingLeaked(ServerProcess server) throws IOException, InterruptedException {
        Process collection = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(server.process().handle().pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(collection.waitFor(HeadgateProcess.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();
        for (int i = 0; i < CLIENTS; i++) {
            assertThat(server.get("/healthz").status()).isEqualTo(200);
        }
        assertThat(server.process().err()).noneMatch(line -> line.contains("LEAK"));
    }
}
