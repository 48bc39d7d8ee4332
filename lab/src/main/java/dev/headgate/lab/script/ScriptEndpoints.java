package dev.headgate.lab.script;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.route.PoolEndpoint;
import dev.headgate.core.route.PoolRouter;
import dev.headgate.core.route.PoolSignals;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.PromptHasher;
import dev.headgate.core.signal.RoutingStats;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The script's words about endpoints: who there is, how they answer, and what is heard of them. */
final class ScriptEndpoints {
    private final ScriptWorld world;

    ScriptEndpoints(ScriptWorld world) {
        this.world = world;
    }

    /** Makes the endpoints those of {@code fields}. */
    void all(Fields fields, PoolRouter pool) {
        Map<EndpointId, ScriptEndpoint> next = new HashMap<>();
        List<PoolEndpoint> members = new ArrayList<>();
        for (JsonNode element : fields.list("endpoints")) {
            Fields one = new Fields("endpoints", element)
                    .only(
                            "id",
                            "node",
                            "zone",
                            "models",
                            "maxOngoing",
                            "weight",
                            "ongoing",
                            "rejection",
                            "probe",
                            "probeMs",
                            "onSend");
            EndpointId id = new EndpointId(one.text("id"));
            ScriptEndpoint known = world.endpoints.get(id);
            ScriptEndpoint endpoint = known == null ? new ScriptEndpoint(id) : known;
            if (next.putIfAbsent(id, endpoint) == null) {
                endpoint.change(one);
            }
            members.add(endpoint.asPoolEndpoint());
        }
        world.endpoints.clear();
        world.endpoints.putAll(next);
        world.sessions.values().retainAll(next.keySet());
        pool.endpointsChanged(members);
    }

    /** Changes one endpoint, or what is heard of it, as {@code fields} say. */
    void one(Fields fields, PoolRouter pool) {
        fields.only(
                "do",
                "id",
                "node",
                "zone",
                "models",
                "maxOngoing",
                "weight",
                "ongoing",
                "rejection",
                "probe",
                "probeMs",
                "onSend",
                "signals",
                "local",
                "blocks",
                "stats");
        EndpointId id = new EndpointId(fields.text("id"));
        ScriptEndpoint endpoint = world.endpoints.get(id);
        if (endpoint == null) {
            throw fields.bad("id", "an endpoint of the pool");
        }
        PoolEndpoint before = endpoint.asPoolEndpoint();
        endpoint.change(fields);
        if (!endpoint.asPoolEndpoint().equals(before)) {
            Collection<ScriptEndpoint> all = world.endpoints.values();
            pool.endpointsChanged(
                    all.stream().map(ScriptEndpoint::asPoolEndpoint).toList());
        }
        hear(id, fields, pool);
    }

    private static void hear(EndpointId id, Fields fields, PoolRouter pool) {
        PoolSignals news = pool.signals();
        Fields signals = fields.object("signals");
        if (signals != null) {
            signals.only("waiting", "running", "kv", "ageMs");
            news.reported(
                    id,
                    new LoadReport(
                            signals.number("waiting", Double.NaN),
                            signals.number("running", Double.NaN),
                            signals.number("kv", Double.NaN),
                            signals.millis("ageMs", 0)));
        }
        Fields local = fields.object("local");
        if (local != null) {
            local.only("inFlight", "pendingTokens", "residentTokens");
            assignedElsewhere(id, local, pool);
        }
        if (fields.has("blocks")) {
            long[] blocks = fields.hashes("blocks");
            news.blocksCleared(id);
            news.blocksHeld(
                    id, new Prompt(blocks.length * PromptHasher.BLOCK_TOKENS, PromptHasher.BLOCK_TOKENS, blocks));
        }
        Fields stats = fields.object("stats");
        if (stats != null) {
            news.stats(id, stats(stats));
        }
    }

    /** Makes the router's counters read as the script says, by the work of others. */
    private static void assignedElsewhere(EndpointId id, Fields local, PoolRouter pool) {
        PoolSignals news = pool.signals();
        news.assignedElsewhere(id, 0, 0, 0);
        Candidates own = pool.candidates();
        int index = own.indexOf(id);
        if (index >= 0) {
            news.assignedElsewhere(
                    id,
                    local.small("inFlight", own.inFlight(index)) - own.inFlight(index),
                    local.count("pendingTokens", own.pendingTokens(index)) - own.pendingTokens(index),
                    local.count("residentTokens", own.residentTokens(index)) - own.residentTokens(index));
        }
    }

    private static RoutingStats stats(Fields fields) {
        Map<String, Double> numbers = new HashMap<>();
        Map<String, String> texts = new HashMap<>();
        fields.entries().forEach((name, value) -> {
            if (value.isNumber()) {
                numbers.put(name, value.asDouble());
            } else if (value.isTextual()) {
                texts.put(name, value.asText());
            } else {
                throw fields.bad(name, "a number or a text");
            }
        });
        return new RoutingStats(numbers, texts, 0);
    }
}
