package dev.headgate.gateway.dispatch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.place.Copy;
import dev.headgate.core.place.WorkerState;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.route.PlacingRouter;
import dev.headgate.gateway.http.ErrorShape;
import dev.headgate.gateway.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What can be seen of the fleet: {@code GET /health}, {@code /workers} and {@code /labels}, dispatch.md §2. */
public final class FleetView {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final byte[] OK = "{\"message\":\"OK\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] DRAINING = "{\"message\":\"DRAINING\"}".getBytes(StandardCharsets.UTF_8);
    private static final Failure STOPPING =
            Failure.retryAfter(FailureKind.NO_WORKERS, "the server is shutting down", Duration.ofSeconds(5));

    private final Dispatcher dispatcher;

    /** Creates a view of {@code dispatcher}'s fleet. */
    public FleetView(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Answers whether new work is taken. */
    public void health(Exchange exchange) {
        if (dispatcher.isDraining()) {
            exchange.answer(503, ErrorShape.headers(STOPPING), DRAINING);
        } else {
            exchange.answer(200, OK);
        }
    }

    /** Answers the connected workers, with details if asked for. */
    public void workers(Exchange exchange) {
        boolean detail = List.of(exchange.query().split("&", -1)).contains("detail=true");
        answer(exchange, router -> workers(router, detail));
    }

    /** Answers which workers hold which labels. */
    public void labels(Exchange exchange) {
        answer(exchange, router -> {
            Map<String, SortedSet<String>> holders = new TreeMap<>();
            for (WorkerState worker : router.fleet().workers()) {
                for (Copy copy : worker.copies()) {
                    if (copy.isReady()) {
                        holders.computeIfAbsent(copy.model().label(), label -> new TreeSet<>())
                                .add(worker.id().value());
                    }
                }
            }
            return holders;
        });
    }

    private static ObjectNode workers(PlacingRouter router, boolean detail) {
        List<WorkerState> sorted = new ArrayList<>(router.fleet().workers());
        sorted.sort(Comparator.comparing(WorkerState::id));
        ObjectNode root = JSON.createObjectNode();
        ArrayNode ids = root.putArray("workers");
        sorted.forEach(worker -> ids.add(worker.id().value()));
        if (detail) {
            ArrayNode details = root.putArray("details");
            sorted.forEach(worker -> describe(router, worker, details.addObject()));
        }
        return root;
    }

    private static String state(PlacingRouter router, WorkerState worker) {
        if (router.isSuspect(worker.id())) {
            return "suspect";
        }
        return router.isDraining(worker.id()) ? "draining" : "ready";
    }

    private static void describe(PlacingRouter router, WorkerState worker, ObjectNode into) {
        into.put("id", worker.id().value());
        into.put("state", state(router, worker));
        into.put("run_slots", worker.capacity().runSlots());
        into.put("max_labels", worker.capacity().maxLabels());
        into.put("memory_bytes", worker.capacity().memoryBytes());
        into.put("running", worker.running());
        ObjectNode labels = into.putObject("labels");
        for (Copy copy : worker.copies()) {
            labels.put(copy.model().label(), copy.isReady() ? "ready" : "loading");
        }
    }

    private void answer(Exchange exchange, Function<PlacingRouter, Object> question) {
        var _ = dispatcher
                .ask(router -> JSON.valueToTree(question.apply(router)).toString())
                .thenAccept(json -> exchange.answer(200, json.getBytes(StandardCharsets.UTF_8)));
    }
}
