package dev.headgate.lab.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DispatchProducersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DispatchWorkload FAST = Presets.named("seed-over-capacity").toBuilder()
            .requests(40)
            .waitAvg(0)
            .waitStddev(0)
            .waitMin(0)
            .build();

    private final Queue<JsonNode> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server = start();

    private HttpServer start() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void serve() {
        server.setExecutor(threads);
        server.createContext("/run-task", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdown();
    }

    @Test
    void countsMissesAndRuntimeByTheHeaders() throws InterruptedException {
        DispatchReport report = DispatchProducers.run(FAST, settings(DispatchProducers.Engine.SLEEP, List.of(), 1));
        assertThat(report.completed()).isEqualTo(36);
        assertThat(report.failed()).isEqualTo(4);
        assertThat(report.misses()).isEqualTo(8);
        assertThat(report.missesByCause()).containsEntry("evicted", 8);
        assertThat(report.redelivered()).isEqualTo(36);
        assertThat(report.runtimeSeconds()).isCloseTo(0.0125 + 8 * 0.4005 / 36, within(1e-9));
        assertThat(report.config().engine()).isEqualTo("sleep");
        assertThat(mostInFlight).hasValueLessThanOrEqualTo(FAST.producers());
    }

    @Test
    void sendsTheLabelsAndRunCostsOfTheSimulatedRun() throws InterruptedException {
        DispatchProducers.run(FAST, settings(DispatchProducers.Engine.SLEEP, List.of(), 0.5));
        List<Integer> labels = LabelSequence.all(FAST, 7);
        for (JsonNode task : tasks) {
            int request = Integer.parseInt(task.path("task_id").textValue().substring("request-".length()));
            assertThat(task.path("label").textValue()).isEqualTo("label-" + labels.get(request));
            assertThat(task.path("task_type").textValue()).isEqualTo("sleep");
            assertThat(parameters(task).path("run_ms").doubleValue()).isBetween(0.2 * 43, 2.2 * 43.75);
        }
    }

    @Test
    void slicesTogetherAreTheWholeRun() throws InterruptedException {
        try (DispatchProducers producers =
                new DispatchProducers(FAST, settings(DispatchProducers.Engine.SLEEP, List.of(), 1))) {
            producers.send(15);
            assertThat(producers.report().completed() + producers.report().failed())
                    .isEqualTo(15);
            producers.send(1000);
            DispatchReport whole = producers.report();
            assertThat(whole.completed() + whole.failed()).isEqualTo(40);
            assertThat(whole.misses()).isEqualTo(8);
        }
    }

    @Test
    void aScaledRunReportsUnscaledTimes() throws InterruptedException {
        DispatchReport report = DispatchProducers.run(FAST, settings(DispatchProducers.Engine.SLEEP, List.of(), 0.5));
        assertThat(report.runtimeSeconds()).isCloseTo(2 * (0.0125 + 8 * 0.4005 / 36), within(1e-9));
    }

    @Test
    void namesRealModelsAndSendsThemOneText() throws InterruptedException {
        List<String> models = List.of("m0", "m1", "m2", "m3", "m4");
        DispatchProducers.run(FAST, settings(DispatchProducers.Engine.ONNX, models, 1));
        Set<String> asked = new TreeSet<>();
        for (JsonNode task : tasks) {
            asked.add(task.path("label").textValue());
            assertThat(task.path("task_type").textValue()).isEqualTo("embed_texts");
            assertThat(parameters(task).path("texts")).hasSize(1);
        }
        assertThat(asked).containsExactlyElementsOf(models);
    }

    @Test
    void withARateItDoesNotWaitForAnswers() throws InterruptedException {
        DispatchWorkload open = FAST.toBuilder().rate(2000).requests(100).build();
        DispatchReport report = DispatchProducers.run(open, settings(DispatchProducers.Engine.SLEEP, List.of(), 1));
        assertThat(report.completed() + report.failed()).isEqualTo(100);
        assertThat(mostInFlight.get()).isGreaterThan(FAST.producers());
    }

    @Test
    void aServerThatIsNotThereIsAFailureOfEachRequest() throws InterruptedException {
        server.stop(0);
        DispatchReport report = DispatchProducers.run(FAST, settings(DispatchProducers.Engine.SLEEP, List.of(), 1));
        assertThat(report.failed()).isEqualTo(40);
    }

    @Test
    void realModelsAreNeitherScaledNorMadeUp() {
        assertThatThrownBy(() -> settings(DispatchProducers.Engine.ONNX, List.of("m"), 2))
                .hasMessageStartingWith("--time-scale: 2.0 (expected: 1 with --engine onnx");
        assertThatThrownBy(() -> DispatchProducers.run(FAST, settings(DispatchProducers.Engine.ONNX, List.of("m"), 1)))
                .hasMessage("--labels: 5 (expected: at most the 1 models that there are)");
    }

    private DispatchProducers.Settings settings(DispatchProducers.Engine engine, List<String> models, double scale) {
        return new DispatchProducers.Settings(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                "late",
                7,
                engine,
                models,
                scale,
                Duration.ofSeconds(10));
    }

    private static JsonNode parameters(JsonNode task) {
        try {
            return JSON.readTree(task.path("parameters_json").textValue());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every fifth task is a miss and every tenth fails; none does any work, but each takes some time. */
    private void answer(HttpExchange exchange) throws IOException {
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        JsonNode task = JSON.readTree(exchange.getRequestBody());
        tasks.add(task);
        int request = Integer.parseInt(task.path("task_id").textValue().substring("request-".length()));
        boolean fails = request % 10 == 9;
        if (!fails) {
            boolean miss = request % 5 == 0;
            exchange.getResponseHeaders().set("x-headgate-label-miss", String.valueOf(miss));
            exchange.getResponseHeaders().set("x-headgate-load-ms", miss ? "400.5" : "0");
            exchange.getResponseHeaders().set("x-headgate-run-ms", "12.5");
            exchange.getResponseHeaders().set("x-headgate-attempts", "2");
            if (miss) {
                exchange.getResponseHeaders().set("x-headgate-miss-cause", "evicted");
            }
        }
        try {
            Thread.sleep(Duration.ofMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inFlight.decrementAndGet();
        exchange.sendResponseHeaders(fails ? 500 : 200, 2);
        exchange.getResponseBody().write(new byte[] {'{', '}'});
        exchange.close();
    }
}
