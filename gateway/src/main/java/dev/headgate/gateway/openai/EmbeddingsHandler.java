package dev.headgate.gateway.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.gateway.dispatch.Dispatcher;
import dev.headgate.gateway.dispatch.Task;
import dev.headgate.gateway.dispatch.TaskHandler;
import dev.headgate.gateway.dispatch.TaskLimits;
import dev.headgate.gateway.dispatch.TaskResult;
import dev.headgate.gateway.dispatch.WellFormed;
import dev.headgate.gateway.http.ErrorShape;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.http.Handler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code POST /v1/embeddings}.
 *
 * <p>A large array is split into tasks that are joined in order; if one fails, the others are taken back and the request
 * fails with it.
 */
public final class EmbeddingsHandler implements Handler {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int TEXTS_PER_TASK = 32;
    private static final Pattern WORKERS_INDEX = Pattern.compile("texts\\[(\\d{1,9})]");

    private final Dispatcher dispatcher;
    private final TaskLimits limits;

    /** Creates the handler. */
    public EmbeddingsHandler(Dispatcher dispatcher, TaskLimits limits) {
        this.dispatcher = dispatcher;
        this.limits = limits;
    }

    @Override
    public void handle(Exchange exchange) {
        EmbeddingsRequest request;
        try {
            request = EmbeddingsRequest.parse(exchange.body());
        } catch (InvalidField e) {
            exchange.fail(
                    Failure.of(FailureKind.INVALID_REQUEST, String.valueOf(e.getMessage())),
                    ErrorShape.Subject.parameter(e.field()));
            return;
        }
        String id = exchange.header("x-request-id")
                .filter(given -> given.length() <= 256)
                .orElseGet(() -> UUID.randomUUID().toString());
        List<Dispatcher.RunningTask> running = new ArrayList<>();
        for (int from = 0; from < request.texts().size(); from += TEXTS_PER_TASK) {
            running.add(dispatcher.run(task(id, request, from, exchange.tenant())));
        }
        Runnable cancelAll = () -> running.forEach(task -> task.cancel().run());
        exchange.onGone(cancelAll);
        for (int i = 0; i < running.size(); i++) {
            int offset = i * TEXTS_PER_TASK;
            var _ = running.get(i).result().thenAccept(result -> {
                Failure failure = result.failure();
                if (failure != null) {
                    fail(exchange, failure, offset);
                    cancelAll.run();
                }
            });
        }
        // Thousands of numbers are written as text here: too long for the dispatcher's context or an event loop.
        CompletableFuture<?>[] all =
                running.stream().map(Dispatcher.RunningTask::result).toArray(CompletableFuture[]::new);
        var _ = CompletableFuture.allOf(all).thenRunAsync(() -> answer(exchange, request, running), exchange.offLoop());
    }

    private static void fail(Exchange exchange, Failure failure, int offset) {
        Matcher index = WORKERS_INDEX.matcher(failure.message());
        String message = index.replaceAll(at -> "input[" + (Integer.parseInt(at.group(1)) + offset) + "]");
        boolean inputsFault = failure.kind() == FailureKind.INVALID_REQUEST;
        boolean modelsFault = failure.kind() == FailureKind.UNKNOWN_LABEL;
        exchange.fail(
                new Failure(failure.kind(), message, failure.retryAfter()),
                ErrorShape.Subject.parameter(inputsFault ? "input" : modelsFault ? "model" : ""));
    }

    private static void answer(Exchange exchange, EmbeddingsRequest request, List<Dispatcher.RunningTask> done) {
        List<TaskResult> results =
                done.stream().map(task -> task.result().join()).toList();
        if (results.stream().anyMatch(result -> result.failure() != null)) {
            return; // answered when the first of them failed
        }
        List<Embeddings> pieces = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            TaskResult result = results.get(i);
            int expected = Math.min(TEXTS_PER_TASK, request.texts().size() - i * TEXTS_PER_TASK);
            try {
                pieces.add(Embeddings.parse(result.json(), expected));
            } catch (IllegalArgumentException e) {
                String message =
                        "worker " + result.facts().worker() + " returned what is not embeddings: " + e.getMessage();
                exchange.fail(Failure.of(FailureKind.TASK_FAILED, message));
                return;
            }
        }
        int dimensions = pieces.getFirst().dimensions();
        if (request.dimensions() != 0 && request.dimensions() != dimensions) {
            String message = "dimensions: " + request.dimensions() + " (expected: " + dimensions + ", the size of "
                    + request.model() + ", or none)";
            exchange.fail(Failure.of(FailureKind.INVALID_REQUEST, message), ErrorShape.Subject.parameter("dimensions"));
            return;
        }
        exchange.answer(
                200,
                TaskHandler.headers(results.getFirst().facts()),
                Embeddings.write(request.model(), pieces, request.isBase64()));
    }

    private Task task(String id, EmbeddingsRequest request, int from, String tenant) {
        int to = Math.min(request.texts().size(), from + TEXTS_PER_TASK);
        return new Task(
                id,
                "embed_texts",
                request.model(),
                parameters(request.texts().subList(from, to), request.truncate()),
                0,
                tenant,
                limits.deadline(),
                true);
    }

    private static ByteString parameters(List<String> texts, boolean truncate) {
        ByteString.Output bytes = ByteString.newOutput();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeArrayFieldStart("texts");
            for (String text : texts) {
                out.writeString(WellFormed.text(text));
            }
            out.writeEndArray();
            out.writeBooleanField("truncate", truncate);
            out.writeBooleanField("strict", true);
            out.writeStringField("encoding", "base64");
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return bytes.toByteString();
    }
}
