package dev.headgate.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.route.DispatchSettings;
import dev.headgate.gateway.dispatch.DispatcherOptions;
import dev.headgate.gateway.dispatch.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A server on a free port of the loopback, and the requests that tests make. */
final class TestGateway implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final JsonMapper JSON = new JsonMapper();

    private final GatewayServer server;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    private TestGateway(GatewayOptions options) {
        try {
            server = GatewayServer.start(options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server with the defaults. */
    static TestGateway start() {
        return start(UnaryOperator.identity());
    }

    /** Starts a server with the defaults but for what {@code change} says. */
    static TestGateway start(UnaryOperator<GatewayOptions> change) {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new TestGateway(change.apply(GatewayOptions.listeningOn(loopback)));
    }

    /** Starts a server whose leases and waits are short. */
    static TestGateway startImpatient() {
        return start(options -> options.withDispatcher(dispatcher(impatient(), 16L << 20, List.of())));
    }

    static DispatchSettings impatient() {
        return new DispatchSettings(
                Duration.ofMillis(400),
                Duration.ofMillis(900),
                Duration.ofMillis(300),
                Duration.ofMillis(300),
                Duration.ofMillis(300),
                3,
                AdmissionLimits.DEFAULTS,
                Map.of());
    }

    static DispatcherOptions dispatcher(DispatchSettings settings, long resultBytes, List<Token> workerTokens) {
        DispatcherOptions defaults = DispatcherOptions.DEFAULTS;
        return new DispatcherOptions(
                settings,
                defaults.policy(),
                defaults.placement(),
                Duration.ofMillis(200),
                resultBytes,
                workerTokens,
                defaults.seed());
    }

    GatewayServer server() {
        return server;
    }

    int port() {
        return server.address().getPort();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    URI workerUri() {
        return URI.create("ws://127.0.0.1:" + port() + "/worker-listen");
    }

    HttpClient client() {
        return client;
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    HttpResponse<String> post(String path, String body) {
        return postAsync(path, body).join();
    }

    CompletableFuture<HttpResponse<String>> postAsync(String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        return client.sendAsync(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString())
                .join();
    }

    /** Runs a task that sleeps, and returns the answer once there is one. */
    CompletableFuture<HttpResponse<String>> sleep(String label, int millis) {
        return postAsync("/run-task", task(label, "sleep", "{\"run_ms\":" + millis + "}"));
    }

    static String task(String label, String type, String parameters) {
        return JSON.createObjectNode()
                .put("task_id", "t")
                .put("task_type", type)
                .put("label", label)
                .put("parameters_json", parameters)
                .toString();
    }

    static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** Waits until something that nobody tells us of is so. */
    static void await(String what, BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > PATIENCE.toNanos()) {
                throw new AssertionError("not within " + PATIENCE + ": " + what);
            }
            pause();
        }
    }

    private static void pause() {
        pauseFor(Duration.ofMillis(2)); // a poll, bounded by the patience of its caller
    }

    /** Waits between two looks at something that has to stand still. */
    static void pauseFor(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the workers that are connected. */
    List<String> workers() {
        return json(get("/workers"))
                .path("workers")
                .valueStream()
                .map(JsonNode::asText)
                .toList();
    }

    /** Returns how many tasks wait. */
    int waiting() {
        return server.dispatcher().ask(router -> router.waiting()).join();
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
