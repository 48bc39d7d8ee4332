package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** {@code headgate serve} in a process of its own on a port of its own, and a plain HTTP client to it. */
final class ServerProcess implements AutoCloseable {
    private static final String READY = "listening on ";
    private static final String ADMIN = "admin on ";
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final HeadgateProcess process;
    private final String url;

    private ServerProcess(HeadgateProcess process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts it with further arguments; returns when it listens. */
    static ServerProcess start(String... arguments) throws IOException, InterruptedException {
        return start(Map.of(), arguments);
    }

    /** Starts it with variables on top of the environment of this test. */
    static ServerProcess start(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> serve = new ArrayList<>(List.of("serve", "--port", "0"));
        serve.addAll(List.of(arguments));
        HeadgateProcess process = HeadgateProcess.start(environment, serve.toArray(String[]::new));
        String line = process.awaitOut();
        assertThat(line).startsWith(READY);
        return new ServerProcess(process, line.substring(READY.length()));
    }

    HeadgateProcess process() {
        return process;
    }

    /** Returns {@code http://HOST:PORT}. */
    String url() {
        return url;
    }

    /** Returns where operators are answered. */
    String adminUrl() throws InterruptedException {
        return Eventually.find(
                () -> "a line with " + ADMIN,
                HeadgateProcess.PATIENCE,
                () -> process.out().stream()
                        .filter(line -> line.startsWith(ADMIN))
                        .map(line -> line.substring(ADMIN.length()))
                        .findFirst());
    }

    int port() {
        return URI.create(url).getPort();
    }

    /** Returns where workers connect. */
    String dispatcher() {
        return "ws://127.0.0.1:" + port() + "/worker-listen";
    }

    /** Returns the worker processes that it has started and that live. */
    List<ProcessHandle> workerProcesses() {
        return process.handle().children().toList();
    }

    /** Waits until {@code count} workers are connected and ready, and returns their ids. */
    List<String> awaitWorkers(int count) throws InterruptedException {
        Eventually.until(
                count + " workers are ready",
                HeadgateProcess.PATIENCE,
                () -> readyWorkers().size() == count);
        return readyWorkers();
    }

    private List<String> readyWorkers() {
        return workers().stream()
                .filter(worker -> worker.path("state").asText().equals("ready"))
                .map(worker -> worker.path("id").asText())
                .toList();
    }

    /** Returns what {@code GET /workers} tells of each worker. */
    List<JsonNode> workers() {
        List<JsonNode> details = new ArrayList<>();
        get("/workers?detail=true").json().path("details").forEach(details::add);
        return details;
    }

    Answer get(String path) {
        return join(sent(request(path).GET().build()));
    }

    Answer post(String path, String body) {
        return join(postAsync(path, body));
    }

    /** Posts with a header. */
    Answer post(String path, String body, String name, String value) {
        return join(sent(withBody(request(path).header(name, value), body)));
    }

    CompletableFuture<Answer> postAsync(String path, String body) {
        return sent(withBody(request(path), body));
    }

    /** As {@link #get}, of whatever listener. */
    static Answer getFrom(String url) {
        return join(sent(to(url).GET().build()));
    }

    /** As {@link #post}, to whatever listener. */
    static Answer postTo(String url, String body) {
        return join(sent(withBody(to(url), body)));
    }

    private static HttpRequest withBody(HttpRequest.Builder request, String body) {
        return request.POST(HttpRequest.BodyPublishers.ofString(body))
                .header("content-type", "application/json")
                .build();
    }

    /** Asks for the vectors of {@code texts} as OpenAI's clients do. */
    Answer embed(String model, String... texts) {
        return join(embedAsync(model, texts));
    }

    CompletableFuture<Answer> embedAsync(String model, String... texts) {
        return postAsync("/v1/embeddings", json(Map.of("model", model, "input", List.of(texts))));
    }

    /** Runs a task as smart-routing's clients do. */
    Answer runTask(String type, String label, Map<String, ?> parameters) {
        return join(runTaskAsync(type, label, parameters));
    }

    CompletableFuture<Answer> runTaskAsync(String type, String label, Map<String, ?> parameters) {
        return postAsync(
                "/run-task", json(Map.of("task_type", type, "label", label, "parameters_json", json(parameters))));
    }

    static String json(Object value) {
        return JSON.valueToTree(value).toString();
    }

    private HttpRequest.Builder request(String path) {
        return to(url + path);
    }

    private static HttpRequest.Builder to(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60));
    }

    private static CompletableFuture<Answer> sent(HttpRequest request) {
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(Answer::of);
    }

    private static Answer join(CompletableFuture<Answer> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw new AssertionError("no answer: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
