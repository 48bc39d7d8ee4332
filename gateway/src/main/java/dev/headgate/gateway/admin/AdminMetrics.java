package dev.headgate.gateway.admin;

import dev.headgate.core.failover.BackendStatus;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.guard.BreakerCounts;
import dev.headgate.gateway.dispatch.WorkerRouter;
import dev.headgate.gateway.http.HttpListener;
import dev.headgate.gateway.relay.Metric;
import dev.headgate.gateway.relay.Relay;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What {@code /metrics} shows: the relay's counters, and how its backends stand at this moment. */
final class AdminMetrics {
    private static final Map<Metric, ToLongFunction<BreakerCounts>> BREAKER = breaker();

    private AdminMetrics() {}

    private static Map<Metric, ToLongFunction<BreakerCounts>> breaker() {
        Map<Metric, ToLongFunction<BreakerCounts>> values = new EnumMap<>(Metric.class);
        values.put(Metric.CX_ACTIVE, BreakerCounts::upstreamCxActive);
        values.put(Metric.RQ_PENDING_ACTIVE, BreakerCounts::upstreamRqPendingActive);
        values.put(Metric.RQ_ACTIVE, BreakerCounts::upstreamRqActive);
        values.put(Metric.RQ_RETRY_ACTIVE, BreakerCounts::upstreamRqRetryActive);
        values.put(Metric.CX_OVERFLOW, BreakerCounts::upstreamCxOverflow);
        values.put(Metric.RQ_PENDING_OVERFLOW, BreakerCounts::upstreamRqPendingOverflow);
        values.put(Metric.RQ_RETRY_OVERFLOW, BreakerCounts::upstreamRqRetryOverflow);
        values.put(Metric.CX_OPEN, BreakerCounts::cxOpen);
        values.put(Metric.RQ_PENDING_OPEN, BreakerCounts::rqPendingOpen);
        values.put(Metric.RQ_OPEN, BreakerCounts::rqOpen);
        values.put(Metric.RQ_RETRY_OPEN, BreakerCounts::rqRetryOpen);
        values.put(Metric.REMAINING_CX, BreakerCounts::remainingCx);
        values.put(Metric.REMAINING_PENDING, BreakerCounts::remainingPending);
        values.put(Metric.REMAINING_RQ, BreakerCounts::remainingRq);
        values.put(Metric.REMAINING_RETRIES, BreakerCounts::remainingRetries);
        return values;
    }

    static String text(@Nullable Relay relay, @Nullable WorkerRouter workers, HttpListener listener) {
        StringBuilder text = new StringBuilder(4096);
        Metric.CONNECTIONS.only(text, listener.openConnections());
        Metric.HELD_BODY_BYTES.only(text, listener.heldBodyBytes());
        Metric.HELD_ANSWER_BYTES.only(text, listener.heldAnswerBytes());
        Metric.RELAY.only(text, relay == null ? 0 : 1);
        if (workers != null) {
            writeWorkers(text, workers);
        }
        if (relay == null) {
            return text.toString();
        }
        Metric.GENERATION.only(text, relay.generation());
        Metric.UPSTREAM_CONNECTIONS.only(text, relay.upstreamConnections());
        Metric.UPSTREAM_IDLE_CONNECTIONS.only(text, relay.idleUpstreamConnections());
        relay.metrics().writeTo(text);
        writeBackends(text, relay.status());
        writeBreakers(text, relay.breakerCounts());
        return text.toString();
    }

    private static void writeWorkers(StringBuilder text, WorkerRouter workers) {
        Metric.WORKER_ROUTER_FAILURES.header(text);
        for (RouterFault fault : RouterFault.values()) {
            Metric.WORKER_ROUTER_FAILURES.line(
                    text, "pool=\"" + workers.pool() + "\",kind=\"" + fault.label() + '"', workers.failures(fault));
        }
    }

    private static void writeBackends(StringBuilder text, List<BackendStatus> backends) {
        Metric.BACKEND_STATE.header(text);
        for (BackendStatus backend : backends) {
            for (BackendStatus.State state : BackendStatus.State.values()) {
                Metric.BACKEND_STATE.line(
                        text, labels(backend) + ",state=\"" + state.label() + '"', backend.state() == state ? 1 : 0);
            }
        }
        write(text, Metric.BACKEND_RETRY_AFTER, backends, BackendStatus::retryAfterMillis);
        write(text, Metric.BACKEND_IN_FLIGHT, backends, BackendStatus::inFlight);
        write(text, Metric.BACKEND_SUCCESSES, backends, BackendStatus::successfulCalls);
    }

    private static void write(
            StringBuilder text, Metric metric, List<BackendStatus> backends, ToLongFunction<BackendStatus> value) {
        metric.header(text);
        backends.forEach(backend -> metric.line(text, labels(backend), value.applyAsLong(backend)));
    }

    private static void writeBreakers(StringBuilder text, Map<String, BreakerCounts> pools) {
        BREAKER.forEach((metric, value) -> {
            metric.header(text);
            pools.forEach((pool, counts) -> metric.line(text, "pool=\"" + pool + '"', value.applyAsLong(counts)));
        });
    }

    private static String labels(BackendStatus status) {
        return "pool=\"" + status.pool() + "\",backend=\""
                + status.backend().id().value() + '"';
    }
}
