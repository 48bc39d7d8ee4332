package dev.headgate.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headgate.lab.provider.CanonicalAnswer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that ask one thing after another until so many things have been asked, and read every answer to its end. */
final class SoakClients implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int TROUBLES_KEPT = 20;

    /** Longer than the gateway may take to look past every backend but one. */
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final int requests;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    private SoakClients(String url, int requests) {
        this.url = url;
        this.requests = requests;
    }

    /** Sets {@code clients} of them on the server. */
    static SoakClients start(String url, int clients, int requests) {
        SoakClients started = new SoakClients(url, requests);
        for (int i = 0; i < clients; i++) {
            started.threads.add(Thread.ofVirtual().name("soak-client").start(started::run));
        }
        return started;
    }

    /** Returns how many requests have come to an end. */
    int ended() {
        return ended.get();
    }

    /** Returns how many of them were not answered in full. */
    int failed() {
        return failed.get();
    }

    /** Returns what some of those got instead. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    /** Returns whether all has been asked and answered. */
    boolean isOver() {
        return ended.get() >= requests;
    }

    private void run() {
        for (int i = begun.getAndIncrement(); i < requests; i = begun.getAndIncrement()) {
            String trouble = trouble(i);
            if (!trouble.isEmpty()) {
                failed.incrementAndGet();
                if (troubles.size() < TROUBLES_KEPT) {
                    troubles.add(trouble);
                }
            }
            ended.incrementAndGet();
        }
    }

    /** Sends request number {@code i}; returns what is wrong with its answer, empty if nothing. */
    private String trouble(int i) {
        try {
            return switch (i % 4) {
                case 0 -> ofStream(post("/v1/chat/completions", chat(SoakFleet.STREAM, true)));
                case 1 ->
                    ofVectors(post(
                            "/v1/embeddings", ServerProcess.json(Map.of("model", SoakFleet.WHOLE, "input", "hello"))));
                default -> ofWhole(post("/v1/chat/completions", chat(SoakFleet.WHOLE, false)));
            };
        } catch (IOException e) {
            return "request " + i + ": " + e;
        } catch (InterruptedException e) {
            return "request " + i + " was interrupted";
        }
    }

    private static String chat(String model, boolean streams) {
        return """
                {"model":"%s","stream":%s,"messages":[{"role":"user","content":"Tell me a story."}]}""".formatted(model, streams);
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(ANSWERED_WITHIN)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String ofWhole(HttpResponse<String> answer) throws JsonProcessingException {
        return answer.statusCode() == 200 && text(answer.body(), "message").equals(CanonicalAnswer.TEXT)
                ? ""
                : answer.statusCode() + " " + answer.body();
    }

    private static String ofVectors(HttpResponse<String> answer) throws JsonProcessingException {
        return answer.statusCode() == 200
                        && JSON.readTree(answer.body()).path("data").size() == 1
                ? ""
                : answer.statusCode() + " " + answer.body();
    }

    private static String ofStream(HttpResponse<String> answer) throws JsonProcessingException {
        StringBuilder text = new StringBuilder();
        int dones = 0;
        for (String line : answer.body().lines().toList()) {
            if (line.equals("data: [DONE]")) {
                dones++;
            } else if (line.startsWith("data: ")) {
                text.append(text(line.substring("data: ".length()), "delta"));
            }
        }
        boolean isWhole =
                answer.statusCode() == 200 && dones == 1 && text.toString().equals(CanonicalAnswer.TEXT);
        return isWhole ? "" : answer.statusCode() + " " + answer.body();
    }

    private static String text(String json, String part) throws JsonProcessingException {
        JsonNode choice = JSON.readTree(json).path("choices").path(0);
        return choice.path(part).path("content").asText("");
    }

    /** Closes their connections. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        http.shutdownNow();
        http.close();
    }
}
