package dev.headgate.lab.script;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.Lease;
import dev.headgate.core.route.PoolLease;
import dev.headgate.core.route.PoolRouter;
import dev.headgate.core.route.RouterListener;
import dev.headgate.core.time.Wakeups;
import dev.headgate.core.time.Wakeups.Wakeup;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The endpoints and callers of a script, as the pool's router meets them; prints what it sees. */
final class ScriptWorld implements EndpointPort, RouterListener {
    private final ScriptLog log;
    private final boolean explains;
    private final Wakeups wakeups = new Wakeups();
    private final Map<EndpointId, Wakeup> probes = new HashMap<>();
    final Map<EndpointId, ScriptEndpoint> endpoints = new TreeMap<>();
    final Map<String, ScriptCall> calls = new HashMap<>(); // the latest of each id
    final Map<String, EndpointId> sessions = new TreeMap<>();
    private long nowNanos;
    int defaultMaxOngoing;
    boolean keepsSessions;

    @Nullable
    PoolRouter pool;

    @Nullable
    RequestRouter router; // the one in force

    ScriptWorld(ScriptLog log, boolean explains) {
        this.log = log;
        this.explains = explains;
    }

    long nanos() {
        return nowNanos;
    }

    /** Runs all that is due up to {@code nanos}, the router's before the world's at the same moment. */
    void advanceTo(long nanos) {
        while (true) {
            OptionalLong routers = pool == null ? OptionalLong.empty() : pool.nextWakeup();
            OptionalLong worlds = wakeups.next();
            long next = Math.min(routers.orElse(Long.MAX_VALUE), worlds.orElse(Long.MAX_VALUE));
            if (next > nanos) {
                break;
            }
            move(Math.max(next, nowNanos));
            if (pool != null && routers.orElse(Long.MAX_VALUE) <= next) {
                pool.advance();
            } else {
                wakeups.advance(nowNanos);
            }
        }
        move(nanos);
    }

    private void move(long nanos) {
        nowNanos = nanos;
        log.at(nanos);
    }

    void later(long nanos, Runnable action) {
        wakeups.at(nanos, action);
    }

    /** Ends a request as the script says; without effect while it waits and once it has ended. */
    void complete(String id, String outcome) {
        ScriptCall call = calls.get(id);
        Lease lease = call == null ? null : call.current;
        if (call == null || lease == null || lease.isCompleted()) {
            return;
        }
        switch (outcome) {
            case "died" -> lost(call, lease, outcome);
            case "unavailable" -> lost(call, lease, outcome);
            case "failed" ->
                lease.complete(
                        new Outcome.Failed(Failure.of(FailureKind.TASK_FAILED, "the script says that it failed")));
            default -> lease.complete(Outcome.COMPLETED);
        }
    }

    void cancel(String id) {
        ScriptCall call = calls.get(id);
        if (call != null && !call.isOver && pool != null) {
            pool.cancel(call);
        }
    }

    @Override
    public void ended(Call ended, Outcome outcome) {
        if (!(ended instanceof ScriptCall call)) {
            return;
        }
        call.isOver = true;
        Lease lease = call.current;
        leaves(call);
        if (outcome instanceof Outcome.Cancelled) {
            log.event("cancelled", ScriptLog.object().put("request", call.id()));
        } else if (lease == null || (outcome instanceof Outcome.Failed && call.attempts() == 0)) {
            refused(call.id(), outcome);
        } else {
            completed(call, lease, outcome instanceof Outcome.Completed ? "ok" : "failed");
        }
    }

    private void refused(String id, Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            refused(id, failed.failure());
        }
    }

    private void refused(String id, Failure failure) {
        ObjectNode details = ScriptLog.object().put("request", id).put("reason", reason(failure));
        if (!failure.retryAfter().isZero()) {
            details.put("retryAfterS", failure.retryAfter().toSeconds());
        }
        log.event("refused", details);
    }

    private static String reason(Failure failure) {
        return failure.kind().code().replace('_', '-');
    }

    private void completed(ScriptCall call, Lease lease, String outcome) {
        log.event(
                "completed",
                ScriptLog.object()
                        .put("request", call.id())
                        .put("endpoint", lease.endpoint().value())
                        .put("outcome", outcome));
    }

    private void lost(ScriptCall call, Lease lease, String how) {
        call.current = null;
        leaves(call);
        completed(call, lease, how);
        if (how.equals("died")) {
            lease.died();
        } else {
            lease.unavailable();
        }
    }

    private void leaves(ScriptCall call) {
        ScriptEndpoint endpoint = call.runsOn;
        if (endpoint != null) {
            endpoint.ongoing = Math.max(0, endpoint.ongoing - 1);
            call.runsOn = null;
        }
    }

    @Override
    public void sent(PoolLease lease) {
        if (lease.call() instanceof ScriptCall call) {
            call.current = lease;
            log.event("sent", call.id(), lease.endpoint());
            later(nowNanos, () -> meets(call, lease));
        }
    }

    private void meets(ScriptCall call, PoolLease lease) {
        ScriptEndpoint endpoint = endpoints.get(lease.endpoint());
        if (lease.isCompleted() || endpoint == null) {
            return;
        }
        switch (endpoint.onSend) {
            case "died", "unavailable" -> lost(call, lease, endpoint.onSend);
            case "dependency" ->
                lease.complete(new Outcome.Failed(
                        Failure.of(FailureKind.TASK_FAILED, "what " + lease.endpoint() + " depends on failed")));
            default -> {
                boolean rejects = endpoint.onSend.equals("reject")
                        || (endpoint.onSend.equals("auto") && !endpoint.hasRoom(defaultMaxOngoing));
                if (rejects && endpoint.rejects) {
                    call.current = null;
                    log.event("rejected", details(call, endpoint));
                    lease.rejected(endpoint.ongoing);
                } else {
                    accept(call, lease, endpoint);
                }
            }
        }
    }

    private void accept(ScriptCall call, PoolLease lease, ScriptEndpoint endpoint) {
        endpoint.ongoing++;
        call.runsOn = endpoint;
        log.event("accepted", details(call, endpoint));
        lease.accepted(endpoint.rejects ? endpoint.ongoing : -1);
        if (call.serviceNanos >= 0) {
            later(nowNanos + call.serviceNanos, () -> lease.complete(Outcome.COMPLETED));
        }
    }

    private static ObjectNode details(ScriptCall call, ScriptEndpoint endpoint) {
        return ScriptLog.object()
                .put("request", call.id())
                .put("endpoint", endpoint.id.value())
                .put("ongoing", endpoint.ongoing);
    }

    @Override
    public void routed(PoolLease lease) {
        if (lease.call() instanceof ScriptCall call) {
            log.event("routed", call.id(), lease.endpoint());
            String session = call.metadata().sessionId();
            if (keepsSessions && !session.isEmpty()) {
                sessions.put(session, lease.endpoint());
            }
        }
    }

    @Override
    public void chosen(Call call, int pass, Ranks ranks, Candidates candidates) {
        ObjectNode details =
                ScriptLog.object().put("request", call.request().id()).put("pass", pass);
        ArrayNode all = details.putArray("ranks");
        for (int rank = 0; rank < ranks.count(); rank++) {
            ArrayNode one = all.addArray();
            for (int position = 0; position < ranks.size(rank); position++) {
                one.add(candidates.id(ranks.get(rank, position)).value());
            }
        }
        RequestRouter explaining = router;
        if (explains && explaining != null) {
            ObjectNode scores = details.putObject("scores");
            for (int i = 0; i < candidates.size(); i++) {
                ObjectNode terms = scores.putObject(candidates.id(i).value());
                explaining.explain(candidates, call, i, (name, value) -> put(terms, name, value));
            }
        }
        log.event("choose", details);
    }

    private static void put(ObjectNode terms, String name, double value) {
        if (Double.isFinite(value)) {
            terms.put(name, value);
        } else {
            terms.put(name, String.valueOf(value));
        }
    }

    @Override
    public void probe(EndpointId id, long nanos) {
        log.event("probe", ScriptLog.object().put("endpoint", id.value()).put("deadlineMs", nanos / 1_000_000));
        ScriptEndpoint endpoint = endpoints.get(id);
        if (endpoint != null && !endpoint.probe.equals("never") && !endpoint.probe.equals("none")) {
            probes.put(id, wakeups.at(nowNanos + endpoint.probeNanos, () -> answer(endpoint)));
        }
    }

    private void answer(ScriptEndpoint endpoint) {
        probes.remove(endpoint.id);
        PoolRouter router = pool;
        if (router != null) {
            switch (endpoint.probe) {
                case "ok" -> router.signals().probeAnswered(endpoint.id, endpoint.ongoing);
                case "died" -> router.signals().probeDied(endpoint.id);
                case "unavailable" -> router.signals().probeUnavailable(endpoint.id);
                default -> router.signals().probeFailed(endpoint.id);
            }
        }
    }

    @Override
    public void cancelProbe(EndpointId id) {
        Wakeup answer = probes.remove(id);
        if (answer != null) {
            answer.cancel();
        }
        log.event("probe-cancelled", ScriptLog.object().put("endpoint", id.value()));
    }

    @Override
    public void refused(Call call, Failure failure) {
        if (call instanceof ScriptCall refused) {
            refused.isOver = true;
            refused(refused.id(), failure);
        }
    }

    @Override
    public void endpointDied(EndpointId endpoint) {
        sessions.values().removeIf(endpoint::equals);
    }

    @Override
    public void routerFailed(String name, RouterFault fault) {
        log.event("router-failed", ScriptLog.object().put("router", name).put("kind", fault.label()));
    }

    @Override
    public void routerSwapped(String name, int generation) {
        log.event("swapped", ScriptLog.object().put("router", name).put("generation", generation));
    }
}
