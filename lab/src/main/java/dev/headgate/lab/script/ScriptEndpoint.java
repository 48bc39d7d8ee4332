package dev.headgate.lab.script;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.route.PoolEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an endpoint of a script is in truth: its load, and how it answers. */
final class ScriptEndpoint {
    private static final List<String> PROBES = List.of("ok", "never", "died", "unavailable", "error", "none");
    private static final List<String> ON_SEND =
            List.of("auto", "accept", "reject", "died", "unavailable", "dependency");

    final EndpointId id;
    private String node = "";
    private String zone = "";
    private Set<String> models = Set.of();
    private int maxOngoing;
    private double weight = 1;
    boolean rejects;
    String probe = "ok";
    long probeNanos;
    String onSend = "auto";
    int ongoing;

    ScriptEndpoint(EndpointId id) {
        this.id = id;
    }

    /** Takes what {@code fields} say and keeps the rest. */
    void change(Fields fields) {
        node = fields.text("node", node);
        zone = fields.text("zone", zone);
        if (fields.has("models")) {
            models = fields.texts("models");
        }
        maxOngoing = fields.small("maxOngoing", maxOngoing);
        weight = fields.number("weight", weight);
        if (!(weight > 0)) {
            throw fields.bad("weight", "> 0");
        }
        ongoing = fields.small("ongoing", ongoing);
        rejects = fields.flag("rejection", rejects);
        probe = fields.choice("probe", probe, PROBES);
        probeNanos = fields.millis("probeMs", probeNanos);
        onSend = fields.choice("onSend", onSend, ON_SEND);
    }

    /** Returns whether it takes one more under the limit that holds if it names none. */
    boolean hasRoom(int defaultMaxOngoing) {
        int limit = maxOngoing > 0 ? maxOngoing : defaultMaxOngoing;
        return limit == 0 || ongoing < limit;
    }

    PoolEndpoint asPoolEndpoint() {
        return new PoolEndpoint(
                id, node, zone, models, maxOngoing, weight, Map.of(), 0, !probe.equals("none"), rejects);
    }
}
