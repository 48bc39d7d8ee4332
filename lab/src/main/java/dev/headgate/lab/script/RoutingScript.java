package dev.headgate.lab.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.route.PoolRouter;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterPlan;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Follows a script, line by line: the production router of one pool in simulated time. */
public final class RoutingScript {
    private static final List<String> OUTCOMES = List.of("ok", "failed", "died", "unavailable");
    private static final String COMMANDS =
            "pool, endpoints, endpoint, request, cancel, complete, config, swap, advance or state";

    private final ScriptLog log;
    private final ScriptWorld world;
    private final ScriptEndpoints endpoints;
    private final RouterReader routers;
    private final SplittableRandom random;
    private PoolSettings settings = PoolSettings.DEFAULTS;
    private String node = "";
    private String zone = "";
    private long requests;

    private RoutingScript(long seed, boolean explains, RouterFiles files, Consumer<String> out) {
        log = new ScriptLog(out);
        world = new ScriptWorld(log, explains);
        endpoints = new ScriptEndpoints(world);
        routers = new RouterReader(RoutingPolicies.builtIn(), files);
        random = new SplittableRandom(seed);
    }

    /**
     * Follows {@code lines} of the script called {@code name} and gives each line that it prints to {@code out}; with
     * {@code explains}, choices carry their scores. Routers in files are loaded by {@code files}.
     *
     * @throws BadScriptException naming the line that cannot be followed; what comes before it has been printed
     */
    public static void run(
            String name, List<String> lines, long seed, boolean explains, RouterFiles files, Consumer<String> out) {
        RoutingScript script = new RoutingScript(seed, explains, files, out);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                try {
                    script.follow(RouterReader.parse(lines.get(i)));
                } catch (BadFieldException e) {
                    throw new BadScriptException(name + ":" + (i + 1) + ": " + e.getMessage());
                }
            }
        }
    }

    private void follow(ObjectNode line) {
        Fields fields = new Fields("", line);
        long at = fields.has("at") ? fields.millis("at", 0) : world.nanos();
        if (at < world.nanos()) {
            throw fields.bad("at", ">= " + world.nanos() / 1_000_000 + ", the time of the line before");
        }
        line.remove("at");
        String command = fields.text("do");
        if (world.pool == null && !command.equals("pool")) {
            throw fields.bad("do", "pool first");
        }
        world.advanceTo(at);
        switch (command) {
            case "pool" -> pool(fields);
            case "endpoints" -> endpoints.all(fields.only("do", "endpoints"), pool());
            case "endpoint" -> endpoints.one(fields, pool());
            case "request" -> request(fields, pool());
            case "cancel" -> world.cancel(fields.only("do", "id").text("id"));
            case "complete" -> {
                fields.only("do", "id", "outcome");
                world.complete(fields.text("id"), fields.choice("outcome", "ok", OUTCOMES));
            }
            case "config" -> config(fields, pool());
            case "swap" -> swap(fields, pool());
            case "advance" -> fields.only("do");
            case "state" -> {
                fields.only("do");
                state(pool());
            }
            default -> throw fields.bad("do", COMMANDS);
        }
        world.advanceTo(at);
    }

    private PoolRouter pool() {
        PoolRouter pool = world.pool;
        if (pool == null) {
            throw new IllegalStateException("pool: null (expected: created by the first line)");
        }
        return pool;
    }

    private void pool(Fields fields) {
        fields.only("do", "router", "self", "endpoints", "flow");
        if (world.pool != null) {
            throw fields.bad("do", "one pool");
        }
        Fields self = fields.object("self");
        if (self != null) {
            self.only("node", "zone");
            node = self.text("node", "");
            zone = self.text("zone", "");
        }
        Fields router = router(fields);
        try {
            settings = routers.settings(settings, router);
            RouterPlan plan = routers.plan(router, node, zone, random.split());
            world.router = plan.router();
            takeOver(router);
            world.pool = new PoolRouter(
                    settings, "script", plan, routers.fallback(router, random.split()), world::nanos, world, world);
            if (fields.has("flow")) {
                pool().flow(flow(fields));
            }
        } catch (IllegalArgumentException | BadFieldException e) {
            log.event("config-refused", ScriptLog.object().put("reason", e.getMessage()));
            throw new BadFieldException("router: refused, " + e.getMessage(), "one that starts");
        }
        endpoints.all(fields, pool());
    }

    private static Fields router(Fields fields) {
        Fields router = fields.object("router");
        return router == null ? new Fields("router", ScriptLog.object()) : router;
    }

    private void takeOver(Fields router) {
        world.defaultMaxOngoing = settings.maxOngoing();
        Fields compose = router.object("compose");
        JsonNode session = compose == null ? null : compose.raw("session");
        world.keepsSessions = session != null && !session.isNull() && !(session.isBoolean() && !session.asBoolean());
    }

    private void request(Fields fields, PoolRouter pool) {
        ScriptCall call = ScriptRequests.read(fields, world.nanos(), ++requests);
        world.calls.put(call.id(), call);
        if (fields.has("cancelAt")) {
            long cancelAt = Math.max(world.nanos(), fields.millis("cancelAt", 0));
            world.later(cancelAt, () -> {
                if (!call.isOver) {
                    pool.cancel(call);
                }
            });
        }
        pool.route(call);
    }

    private static FlowSettings flow(Fields fields) {
        JsonNode flow = fields.raw("flow");
        return flow == null ? FlowSettings.DEFAULTS : FlowReader.read(new Fields("flow", flow));
    }

    private void config(Fields fields, PoolRouter pool) {
        try {
            routers.onlySettings(fields);
            boolean isOff =
                    fields.has("flow") && "off".equals(fields.node().get("flow").asText());
            FlowSettings next = isOff ? FlowSettings.DEFAULTS : flow(fields);
            settings = routers.settings(settings, fields);
            world.defaultMaxOngoing = settings.maxOngoing();
            pool.settingsChanged(settings);
            if (isOff) {
                pool.withoutFlow();
            } else if (fields.has("flow")) {
                pool.flow(next);
            }
        } catch (IllegalArgumentException | BadFieldException e) {
            log.event("config-refused", ScriptLog.object().put("reason", e.getMessage()));
        }
    }

    private void swap(Fields fields, PoolRouter pool) {
        fields.only("do", "router");
        Fields router = router(fields);
        RequestRouter before = world.router;
        Optional<String> refusal;
        try {
            RouterPlan plan = routers.plan(router, node, zone, random.split());
            PoolSettings next = routers.settings(settings, router);
            world.router = plan.router();
            refusal = pool.swap(plan);
            if (refusal.isEmpty()) {
                settings = next;
                takeOver(router);
                pool.settingsChanged(settings);
            }
        } catch (IllegalArgumentException | BadFieldException e) {
            refusal = Optional.of(String.valueOf(e.getMessage()));
        }
        if (refusal.isPresent()) {
            world.router = before;
            log.event("config-refused", ScriptLog.object().put("reason", refusal.get()));
        }
    }

    private void state(PoolRouter pool) {
        ObjectNode state = ScriptLog.object().put("active", pool.active()).put("waiting", pool.waiting());
        Candidates candidates = pool.candidates();
        ObjectNode lengths = state.putObject("queueLength");
        ObjectNode inFlight = state.putObject("inFlight");
        ObjectNode pending = state.putObject("pending");
        ObjectNode resident = state.putObject("resident");
        for (int i = 0; i < candidates.size(); i++) {
            String id = candidates.id(i).value();
            int length = candidates.queueLength(i);
            if (length < 0) {
                lengths.putNull(id);
            } else {
                lengths.put(id, length);
            }
            inFlight.put(id, candidates.inFlight(i));
            pending.put(id, candidates.pendingTokens(i));
            resident.put(id, candidates.residentTokens(i));
        }
        ObjectNode sessions = state.putObject("sessions");
        world.sessions.forEach((session, endpoint) -> sessions.put(session, endpoint.value()));
        log.event("state", state);
    }
}
