package dev.headgate.lab.dispatch;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * smart-routing's producers against a real dispatcher over HTTP.
 *
 * <p>A producer sends a task, reads the answer and pauses; with a rate, tasks are sent at the moments of a Poisson
 * process instead, whether or not answers have come, and latency counts from the moment that was meant. Labels and run
 * costs are drawn beforehand and are those of a simulated run of the same seed. Requests can be sent in slices, so that
 * several servers take turns under the same conditions. Not thread-safe.
 */
public final class DispatchProducers implements AutoCloseable {
    private static final double NANOS = 1e9;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Nine tokens with the two that frame a text. */
    private static final String NINE_TOKENS = "the quick brown fox jumps over dogs";

    private final DispatchWorkload workload;
    private final Settings settings;
    private final RunRecorder recorder = new RunRecorder(); // guarded by itself
    private final List<Integer> labels;
    private final double[] runSeconds; // by request
    private final RandomGenerator pauses; // guarded by itself
    private final AtomicInteger sent = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(threads)
            .build();
    private volatile int mayBeSent;
    private double elapsedSeconds;

    /** Creates producers that have sent nothing yet. */
    public DispatchProducers(DispatchWorkload workload, Settings settings) {
        settings.check(workload);
        SplittableRandom root = new SplittableRandom(settings.seed());
        this.workload = workload;
        this.settings = settings;
        root.split(); // the labels'
        this.labels = LabelSequence.all(workload, settings.seed());
        this.pauses = root.split();
        RandomGenerator runs = root.split();
        root.split(); // the loads'
        double[] means = workload.runCost().meansFor(workload.labels(), root.split());
        this.runSeconds = labels.stream()
                .mapToDouble(label -> CostModel.drawRun(means[label], runs))
                .toArray();
    }

    /** Sends all requests of {@code workload} and returns what came back. */
    public static DispatchReport run(DispatchWorkload workload, Settings settings) throws InterruptedException {
        try (DispatchProducers producers = new DispatchProducers(workload, settings)) {
            producers.send(workload.requests());
            return producers.report();
        }
    }

    /** Sends the next {@code count} requests of the workload, or as many as are left, and awaits their answers. */
    public void send(int count) throws InterruptedException {
        long start = System.nanoTime();
        int from = mayBeSent;
        mayBeSent = Math.min(workload.requests(), from + count);
        if (workload.rate() > 0) {
            sendAtRate(from, start);
        } else {
            sent.set(from);
            List<Future<?>> producers = new ArrayList<>();
            for (int i = 0; i < workload.producers(); i++) {
                producers.add(threads.submit(this::produce));
            }
            await(producers);
        }
        elapsedSeconds += (System.nanoTime() - start) / NANOS / settings.timeScale();
    }

    /** Returns what came back so far. */
    public DispatchReport report() {
        synchronized (recorder) {
            return recorder.report(
                    new DispatchReport.Config(settings.policy(), settings.seed(), settings.engine().label, workload),
                    elapsedSeconds,
                    workload.slots());
        }
    }

    @Override
    public void close() {
        client.close();
        threads.close();
    }

    /**
     * Where to send and how.
     *
     * @param server the dispatcher's address, such as {@code http://127.0.0.1:8080}
     * @param policy what the dispatcher was started with, for the report
     * @param seed of labels, pauses and costs
     * @param engine what the workers run
     * @param models for {@link Engine#ONNX}: label-k is the k-th; empty for label-k itself
     * @param timeScale multiplies pauses and sleep costs and divides reported times; 1 with ONNX
     * @param timeout how long one answer may take
     */
    public record Settings(
            URI server,
            String policy,
            long seed,
            Engine engine,
            List<String> models,
            double timeScale,
            Duration timeout) {
        public Settings {
            models = List.copyOf(models);
            if (!(timeScale > 0)) {
                throw new IllegalArgumentException("--time-scale: " + timeScale + " (expected: > 0)");
            }
            if (engine == Engine.ONNX && timeScale != 1) {
                throw new IllegalArgumentException("--time-scale: " + timeScale
                        + " (expected: 1 with --engine onnx, whose runs take what they take)");
            }
        }

        private void check(DispatchWorkload workload) {
            if (engine == Engine.ONNX && models.size() < workload.labels()) {
                throw new IllegalArgumentException("--labels: " + workload.labels() + " (expected: at most the "
                        + models.size() + " models that there are)");
            }
        }
    }

    /** What the workers run. */
    public enum Engine {
        /** Tasks that sleep for as long as their parameters say. */
        SLEEP("sleep"),
        /** Real embedding models. */
        ONNX("onnx");

        private final String label;

        Engine(String label) {
            this.label = label;
        }
    }

    private void produce() {
        for (int i = sent.getAndIncrement(); i < mayBeSent; i = sent.getAndIncrement()) {
            send(i, System.nanoTime());
            if (sent.get() < mayBeSent && !sleptUntil(System.nanoTime() + pauseNanos())) {
                return;
            }
        }
    }

    private void sendAtRate(int from, long start) throws InterruptedException {
        List<Future<?>> requests = new ArrayList<>();
        long meant = start;
        for (int i = from; i < mayBeSent; i++) {
            int request = i;
            meant += (long) (pauses.nextExponential() / workload.rate() * settings.timeScale() * NANOS);
            long at = meant;
            if (!sleptUntil(at)) {
                throw new InterruptedException();
            }
            requests.add(threads.submit(() -> send(request, at)));
        }
        await(requests);
    }

    private static void await(List<Future<?>> tasks) throws InterruptedException {
        for (Future<?> task : tasks) {
            try {
                task.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a producer broke", e);
            }
        }
    }

    private long pauseNanos() {
        synchronized (pauses) {
            double pause = workload.waitAvg() + workload.waitStddev() * pauses.nextGaussian();
            return (long) (Math.max(workload.waitMin(), pause) * settings.timeScale() * NANOS);
        }
    }

    private static boolean sleptUntil(long atNanos) {
        try {
            long left = atNanos - System.nanoTime();
            if (left > 0) {
                Thread.sleep(Duration.ofNanos(left));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void send(int request, long meantNanos) {
        int label = labels.get(request);
        synchronized (recorder) {
            recorder.arrived(label);
        }
        try {
            HttpResponse<String> answer = client.send(post(request, label), HttpResponse.BodyHandlers.ofString());
            record(answer, (System.nanoTime() - meantNanos) / NANOS / settings.timeScale());
        } catch (IOException e) {
            recordFailure(); // counted; what went wrong is in the dispatcher's log
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            recordFailure();
        }
    }

    private HttpRequest post(int request, int label) throws IOException {
        boolean sleeps = settings.engine() == Engine.SLEEP;
        Map<String, Object> parameters = sleeps
                ? Map.of("run_ms", runSeconds[request] * settings.timeScale() * 1000)
                : Map.of("texts", List.of(NINE_TOKENS));
        Map<String, String> task = Map.of(
                "task_id",
                "request-" + request,
                "task_type",
                sleeps ? "sleep" : "embed_texts",
                "label",
                settings.models().isEmpty()
                        ? "label-" + label
                        : settings.models().get(label),
                "parameters_json",
                JSON.writeValueAsString(parameters));
        return HttpRequest.newBuilder(settings.server().resolve("/run-task"))
                .timeout(settings.timeout())
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(task)))
                .build();
    }

    private void record(HttpResponse<String> answer, double endToEndSeconds) {
        if (answer.statusCode() != 200) {
            recordFailure();
            return;
        }
        HttpHeaders headers = answer.headers();
        double runtime = (millis(headers, "x-headgate-load-ms") + millis(headers, "x-headgate-run-ms"))
                / 1000
                / settings.timeScale();
        int attempts = (int) headers.firstValueAsLong("x-headgate-attempts").orElse(1);
        synchronized (recorder) {
            recorder.completed(endToEndSeconds, runtime, attempts);
            if (headers.firstValue("x-headgate-label-miss").orElse("false").equals("true")) {
                recorder.missed(headers.firstValue("x-headgate-miss-cause").orElse("unknown"));
            }
        }
    }

    private static double millis(HttpHeaders headers, String name) {
        return headers.firstValue(name).map(Double::parseDouble).orElse(0.0);
    }

    private void recordFailure() {
        synchronized (recorder) {
            recorder.failed();
        }
    }
}
