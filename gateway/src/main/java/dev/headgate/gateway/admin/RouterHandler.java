package dev.headgate.gateway.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.gateway.dispatch.WorkerRouter;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.relay.Relay;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The router of a pool: which is in force, another one, and that of the configuration again (routing.md §5). Thread-safe. */
final class RouterHandler {
    static final String PATH = "/admin/pools/{pool}/router";

    private final Reload reload;
    private final ReentrantLock reloading; // held while the configuration changes
    private final @Nullable Relay relay;
    private final @Nullable WorkerRouter workers;

    RouterHandler(Reload reload, ReentrantLock reloading, @Nullable Relay relay, @Nullable WorkerRouter workers) {
        this.reload = reload;
        this.reloading = reloading;
        this.relay = relay;
        this.workers = workers;
    }

    void show(Exchange exchange) {
        String pool = Segment.THIRD.of(exchange);
        PolicyStatus status = policy(pool);
        if (status == null) {
            noRouter(exchange);
        } else {
            exchange.answer(200, bytes(describe(pool, status)));
        }
    }

    void set(Exchange exchange) {
        String json = new String(exchange.body(), StandardCharsets.UTF_8);
        change(exchange, pool -> reload.setRouter(pool, json));
    }

    void reset(Exchange exchange) {
        change(exchange, reload::resetRouter);
    }

    private void change(Exchange exchange, Function<String, Reload.Outcome> change) {
        String pool = Segment.THIRD.of(exchange);
        if (policy(pool) == null) {
            noRouter(exchange);
            return;
        }
        Reload.Outcome outcome;
        reloading.lock();
        try {
            outcome = change.apply(pool);
        } finally {
            reloading.unlock();
        }
        if (outcome instanceof Reload.Outcome.Refused refused) {
            refuse(exchange, refused);
        } else {
            show(exchange);
        }
    }

    private @Nullable PolicyStatus policy(String pool) {
        Relay relaying = relay;
        WorkerRouter routing = workers;
        if (routing != null && routing.pool().equals(pool)) {
            return routing.status();
        }
        return relaying == null ? null : relaying.policy(pool);
    }

    private ObjectNode describe(String pool, PolicyStatus status) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("pool", pool)
                .put("policy", status.policy())
                .put("generation", status.generation())
                .put("waiting", status.waiting())
                .put("failures", status.failures())
                .put("from", reload.isRouterSet(pool) ? "admin" : "file");
    }

    /** Answers a request about a pool that does not exist or has no router. */
    static void noRouter(Exchange exchange) {
        exchange.fail(Failure.of(
                FailureKind.NOT_FOUND,
                "path: " + exchange.path() + " (expected: /admin/pools/{pool}/"
                        + Segment.FOURTH.of(exchange)
                        + ", of a pool with a router)"));
    }

    /** Answers a request for a change that is no good. */
    static void refuse(Exchange exchange, Reload.Outcome.Refused refused) {
        exchange.answer(422, bytes(JsonNodeFactory.instance.objectNode().put("error", refused.sentence())));
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
