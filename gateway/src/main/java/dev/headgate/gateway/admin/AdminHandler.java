package dev.headgate.gateway.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.failover.BackendStatus;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.route.Explanation;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.gateway.dispatch.WorkerRouter;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.http.Handler;
import dev.headgate.gateway.http.HttpListener;
import dev.headgate.gateway.http.Routes;
import dev.headgate.gateway.relay.Relay;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The operator's routes (gateway.md §16). Thread-safe. */
public final class AdminHandler {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BACKENDS = "/admin/backends";
    private static final String BACKEND = BACKENDS + "/{pool}/{id}";
    private static final Optional<String> NOBODY = Optional.of("");

    private final AdminOptions options;
    private final @Nullable Relay relay;
    private final @Nullable WorkerRouter workers;
    private final RouterHandler routers;
    private final HttpListener listener;
    private final Executor offLoop;
    private final ReentrantLock reloading = new ReentrantLock();
    private volatile @Nullable Token token; // null = none is asked for

    /**
     * Creates the routes of {@code relay} and of the router of {@code workers}, null if there is none, behind
     * {@code listener}; configurations are read on {@code offLoop}.
     */
    public AdminHandler(
            AdminOptions options,
            @Nullable Relay relay,
            @Nullable WorkerRouter workers,
            HttpListener listener,
            Executor offLoop) {
        this.options = options;
        this.token = options.token();
        this.relay = relay;
        this.workers = workers;
        this.routers = new RouterHandler(options.reload(), reloading, relay, workers);
        this.listener = listener;
        this.offLoop = offLoop;
    }

    /** Returns the route table. */
    public Routes routes() {
        return new Routes(this::tenant, offLoop)
                .add(HttpMethod.GET, "/healthz", Health::healthy)
                .add(HttpMethod.GET, "/readyz", Health::healthy)
                .add(HttpMethod.GET, "/metrics", this::metrics)
                .add(HttpMethod.GET, BACKENDS, this::backends)
                .add(HttpMethod.GET, RouterHandler.PATH, blocking(routers::show))
                .add(HttpMethod.PUT, RouterHandler.PATH, blocking(routers::set))
                .add(HttpMethod.DELETE, RouterHandler.PATH, blocking(routers::reset))
                .add(HttpMethod.POST, "/admin/pools/{pool}/kv-events", blocking(this::kvEvents))
                .add(HttpMethod.GET, "/admin/decisions/{id}", blocking(this::decision))
                .add(HttpMethod.GET, "/admin/traffic", this::traffic)
                .add(HttpMethod.POST, "/admin/reload", blocking(this::reload))
                .add(HttpMethod.POST, BACKEND + "/drain", this::drain)
                .add(HttpMethod.POST, BACKEND + "/undrain", this::undrain);
    }

    private Handler blocking(Handler handler) {
        return exchange -> offLoop.execute(() -> handler.handle(exchange));
    }

    /** Lets in those who show {@code other} from now on, null for all. */
    public void admit(@Nullable Token other) {
        token = other;
    }

    private Optional<String> tenant(String path, HttpHeaders head) {
        Token asked = token;
        boolean isOpen = path.equals("/healthz") || path.equals("/readyz");
        return asked == null || isOpen || asked.isIn(head.get(HttpHeaderNames.AUTHORIZATION, ""))
                ? NOBODY
                : Optional.empty();
    }

    private void metrics(Exchange exchange) {
        String text = AdminMetrics.text(relay, workers, listener);
        exchange.loop().execute(() -> {
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
            var _ = exchange.answer(head, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        });
    }

    private void backends(Exchange exchange) {
        ArrayNode list = JSON.createArrayNode();
        status().forEach(backend -> describe(backend, list.addObject()));
        exchange.answer(200, list.toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<BackendStatus> status() {
        Relay relaying = relay;
        return relaying == null ? List.of() : relaying.status();
    }

    private static void describe(BackendStatus status, ObjectNode into) {
        into.put("pool", status.pool())
                .put("id", status.backend().id().value())
                .put("url", status.backend().address())
                .put("priority", status.backend().priority())
                .put("weight", status.backend().weight())
                .put("state", status.state().label())
                .put("cause", status.cause() == null ? null : status.cause().name())
                .put("retryAfterMs", status.retryAfterMillis())
                .put("successfulCalls", status.successfulCalls())
                .put("inFlight", status.inFlight());
        ArrayNode models = into.putArray("models");
        for (BackendStatus.ModelStatus model : status.models()) {
            models.addObject()
                    .put("model", model.model())
                    .put("state", model.state().label())
                    .put("cause", model.cause() == null ? null : model.cause().name())
                    .put("retryAfterMs", model.retryAfterMillis());
        }
    }

    private void drain(Exchange exchange) {
        Relay relaying = relay;
        changed(exchange, relaying != null && relaying.drain(Segment.THIRD.of(exchange), Segment.FOURTH.of(exchange)));
    }

    private void undrain(Exchange exchange) {
        Relay relaying = relay;
        changed(
                exchange,
                relaying != null && relaying.undrain(Segment.THIRD.of(exchange), Segment.FOURTH.of(exchange)));
    }

    private static void changed(Exchange exchange, boolean isKnown) {
        if (isKnown) {
            exchange.answer(200, "{}".getBytes(StandardCharsets.US_ASCII));
        } else {
            exchange.fail(Failure.of(
                    FailureKind.NOT_FOUND,
                    "path: " + exchange.path() + " (expected: " + BACKEND
                            + "/drain or undrain, of a pool and backend that exist)"));
        }
    }

    /** {@code GET /admin/decisions/{id}}. */
    private void decision(Exchange exchange) {
        Relay relaying = relay;
        String id = Segment.THIRD.of(exchange);
        WorkerRouter routing = workers;
        Optional<Explanation> found = relaying == null ? Optional.empty() : relaying.explanation(id);
        if (found.isEmpty() && routing != null) {
            found = routing.explanation(id);
        }
        found.ifPresentOrElse(
                explanation -> exchange.answer(200, bytes(DecisionJson.of(id, explanation))),
                () -> exchange.fail(Failure.of(
                        FailureKind.NOT_FOUND,
                        "decision: " + id + " (expected: an id of x-headgate-decision, not too old)")));
    }

    private void traffic(Exchange exchange) {
        Relay relaying = relay;
        if (relaying == null) {
            exchange.fail(Failure.of(FailureKind.NOT_FOUND, "path: /admin/traffic (expected: a pool with backends)"));
        } else {
            Recording.begin(exchange, relaying.traffic());
        }
    }

    /** {@code POST /admin/pools/{pool}/kv-events}. */
    private void kvEvents(Exchange exchange) {
        String pool = Segment.THIRD.of(exchange);
        Relay relaying = relay;
        if (relaying == null || relaying.policy(pool) == null) {
            RouterHandler.noRouter(exchange);
            return;
        }
        List<KvEvents.Event> events;
        try {
            events = KvEvents.read(exchange.body(), relaying.backends(pool));
        } catch (IllegalArgumentException e) {
            exchange.answer(400, bytes(JSON.createObjectNode().put("error", e.getMessage())));
            return;
        }
        relaying.tell(pool, signals -> events.forEach(event -> event.tell(signals)));
        exchange.answer(200, bytes(JSON.valueToTree(KvEvents.counts(events))));
    }

    private void reload(Exchange exchange) {
        Reload.Outcome outcome;
        reloading.lock();
        try {
            outcome = options.reload().reload();
        } finally {
            reloading.unlock();
        }
        switch (outcome) {
            case Reload.Outcome.Reloaded done ->
                exchange.answer(200, bytes(JSON.createObjectNode().put("generation", done.generation())));
            case Reload.Outcome.Refused refused -> RouterHandler.refuse(exchange, refused);
        }
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
