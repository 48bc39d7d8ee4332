package dev.headgate.gateway.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.place.Copy;
import dev.headgate.core.place.WorkerState;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.route.PlacingRouter;
import dev.headgate.gateway.dispatch.Dispatcher;
import dev.headgate.gateway.http.ErrorShape;
import dev.headgate.gateway.http.Exchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;
import java.util.TreeSet;

/** {@code GET /v1/models} and {@code GET /v1/models/{id}}: the labels that connected workers can load. */
public final class ModelsHandler {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/v1/models/";

    private final Dispatcher dispatcher;
    private final long startedSeconds;

    /** Creates the handler; models are said to have been created at {@code startedSeconds} since 1970. */
    public ModelsHandler(Dispatcher dispatcher, long startedSeconds) {
        this.dispatcher = dispatcher;
        this.startedSeconds = startedSeconds;
    }

    /** Answers all models. */
    public void list(Exchange exchange) {
        var _ = dispatcher.ask(ModelsHandler::labels).thenAccept(labels -> {
            ObjectNode root = JSON.createObjectNode().put("object", "list");
            ArrayNode data = root.putArray("data");
            labels.forEach(label -> describe(label, data.addObject()));
            answer(exchange, root);
        });
    }

    /** Answers one model. */
    public void one(Exchange exchange) {
        String label;
        try {
            // A plus sign stands for itself in a path.
            String name = exchange.path().substring(PATH.length()).replace("+", "%2B");
            label = URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            exchange.fail(
                    Failure.of(FailureKind.INVALID_REQUEST, "the path has a percent sign without two hex digits"));
            return;
        }
        var _ = dispatcher.ask(ModelsHandler::labels).thenAccept(labels -> {
            if (labels.contains(label)) {
                answer(exchange, describe(label, JSON.createObjectNode()));
            } else {
                exchange.fail(
                        Failure.of(FailureKind.UNKNOWN_LABEL, "model " + label + " is unknown"),
                        ErrorShape.Subject.parameter("model"));
            }
        });
    }

    /** Returns the labels that connected workers have or can load. */
    public static SortedSet<String> labels(PlacingRouter router) {
        SortedSet<String> labels = new TreeSet<>();
        for (WorkerState worker : router.fleet().workers()) {
            labels.addAll(worker.labels());
            worker.copies().stream().map(Copy::model).forEach(model -> labels.add(model.label()));
        }
        return labels;
    }

    private ObjectNode describe(String label, ObjectNode into) {
        return into.put("id", label)
                .put("object", "model")
                .put("created", startedSeconds)
                .put("owned_by", "headgate");
    }

    private static void answer(Exchange exchange, ObjectNode json) {
        exchange.answer(200, json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
