package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The law of routing.md §5: 100 swaps under load, and nothing fails, is lost, is served twice or loses its place.
 *
 * <p>Clients send as fast as they are answered, more of them than backends take at once, so that requests wait all the time.
 * Slots go to whoever is first: without {@code fifo} one goes to the pass that found it, and of two passes that a router is
 * asked for on its thread that may be the later one (§4).
 */
class RouterSwapLoadTest {
    private static final int SWAPS = 100;
    private static final int CLIENTS = 24;
    private static final int UNTIL_WARM = 20; // requests of each client, while connections are still being taken
    private static final String SOURCE = """
            import dev.headgate.core.pick.*;
            public class Chosen implements RequestRouter {
                @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                    for (int i = 0; i < candidates.size(); i++) {
                        ranks.add(i).next();
                    }
                }
            }
            """;
    private static final String ONE_EACH = "\"maxOngoing\": 1, \"compose\": {\"fifo\": true}}";
    private static final List<String> ROUTERS = List.of(
            "{\"policy\": \"least-request\", " + ONE_EACH,
            "{\"class\": \"dev.headgate.app.LastNamed\", " + ONE_EACH,
            "{\"policy\": \"p2c\", " + ONE_EACH,
            "{\"source\": \"Chosen.java\", " + ONE_EACH,
            "{\"policy\": \"random\", " + ONE_EACH,
            "{\"class\": \"dev.headgate.app.LastNamed\", " + ONE_EACH);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private final CountDownLatch warm = new CountDownLatch(CLIENTS);
    private long startNanos;
    private volatile boolean isOver;

    @TempDir
    private Path folder;

    /** One request: nothing of it was on its way at the first time, all of it at the second. */
    private record Sent(String body, long beforeNanos, long afterNanos) {}

    @Test
    void requestsThatWaitForOneBackendKeepTheirOrder() throws Exception {
        try (PlainBackend only = PlainBackend.start()) {
            String rate = swapUnderLoad(List.of(only), SWAPS);
            assertThat(only.mostOngoing()).as(rate).isEqualTo(1);
            assertInOrder(only.bodies(), rate);
        }
    }

    @Test
    void requestsThatWaitForThreeBackendsAreServedOnceEach() throws Exception {
        try (PlainBackend a = PlainBackend.start();
                PlainBackend b = PlainBackend.start();
                PlainBackend c = PlainBackend.start()) {
            String rate = swapUnderLoad(List.of(a, b, c), SWAPS / 4);
            assertThat(List.of(a, b, c)).as(rate).allMatch(backend -> backend.mostOngoing() == 1);
        }
    }

    /** Swaps while clients send; returns a sentence with the rate, once all that holds for any pool is checked. */
    private String swapUnderLoad(List<PlainBackend> backends, int swaps) throws Exception {
        Files.writeString(folder.resolve("Chosen.java"), SOURCE);
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < backends.size(); i++) {
            list.append("      - {id: b%d, url: \"%s\"}\n"
                    .formatted(i, backends.get(i).url()));
        }
        Path file = Files.writeString(
                folder.resolve("headgate.yaml"),
                "insecure: true\npools:\n  main:\n    router: " + ROUTERS.getFirst() + "\n    backends:\n" + list);
        // One event loop takes requests in the order in which they came.
        try (ServerProcess server = ServerProcess.start(
                Map.of("JDK_JAVA_OPTIONS", "-XX:ActiveProcessorCount=1"),
                "--admin-port",
                "0",
                "--config",
                file.toString())) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String name = "c" + i;
                clients.add(Thread.ofVirtual().start(() -> send(server.port(), name)));
            }
            warm.await();
            startNanos = System.nanoTime();
            for (int i = 1; i <= swaps; i++) {
                HttpResponse<String> answer = put(server, ROUTERS.get(i % ROUTERS.size()));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            isOver = true;
            for (Thread client : clients) {
                client.join();
            }
            String rate = "%d requests during %d swaps in %.1f s, %.0f per second"
                    .formatted(warm().count(), swaps, seconds, warm().count() / seconds);
            assertThat(troubles).as(rate).isEmpty();
            List<String> served = backends.stream()
                    .flatMap(backend -> backend.bodies().stream())
                    .toList();
            assertThat(served)
                    .as(rate)
                    .containsExactlyInAnyOrderElementsOf(
                            sent.stream().map(Sent::body).toList());
            return rate;
        }
    }

    /** Sends one request after another until it is over; what is not answered with 200 is trouble. */
    private void send(int port, String name) {
        try (PlainHttp connection = new PlainHttp(new Socket(InetAddress.getLoopbackAddress(), port))) {
            for (int i = 0; !isOver; i++) {
                if (i == UNTIL_WARM) {
                    warm.countDown();
                }
                String body = "{\"model\": \"m\", \"messages\": [], \"user\": \"%s-%d\"}".formatted(name, i);
                long beforeNanos = System.nanoTime();
                connection.write("POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\n", body);
                sent.add(new Sent(body, beforeNanos, System.nanoTime()));
                int status = connection.read().status();
                if (status != 200) {
                    troubles.add(body + " was answered with " + status);
                }
            }
        } catch (IOException e) {
            troubles.add(name + ": " + e);
        }
    }

    /** A request that was on its way whole before another began was served first. */
    private void assertInOrder(List<String> served, String rate) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < served.size(); i++) {
            places.put(served.get(i), i);
        }
        List<Sent> inOrder =
                warm().sorted(Comparator.comparingLong(Sent::beforeNanos)).toList();
        List<Sent> byEnd =
                warm().sorted(Comparator.comparingLong(Sent::afterNanos)).toList();
        int last = -1; // the latest place of any that was on its way before
        int next = 0;
        List<String> overtaken = new ArrayList<>();
        for (Sent request : inOrder) {
            while (byEnd.get(next).afterNanos() < request.beforeNanos()) {
                last = Math.max(last, places.getOrDefault(byEnd.get(next).body(), -1));
                next++;
            }
            if (places.getOrDefault(request.body(), -1) < last) {
                overtaken.add(request.body());
            }
        }
        assertThat(overtaken).as("overtook an earlier one: " + rate).isEmpty();
    }

    private Stream<Sent> warm() {
        return sent.stream().filter(request -> request.beforeNanos - startNanos > 0);
    }

    private HttpResponse<String> put(ServerProcess server, String router) throws InterruptedException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(server.adminUrl() + "/admin/pools/main/router"))
                            .PUT(HttpRequest.BodyPublishers.ofString(router))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
