package dev.headgate.lab.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.lab.routing.RoutingReport.Input;
import dev.headgate.lab.routing.RoutingReport.Pair;
import dev.headgate.lab.routing.RoutingReport.Result;
import dev.headgate.lab.trace.TraceFacts;
import java.util.List;

/** A report as one JSON document whose fields always stand in the same order, simulator.md §9. */
public final class RoutingJson {
    private static final String SCHEMA = "headgate.simulate.routing/1";
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private RoutingJson() {}

    /** Returns {@code report} as a document that begins with {@code origin}. */
    public static String of(RoutingReport report, Origin origin) {
        ObjectNode root = JSON.createObjectNode();
        root.put("schema", SCHEMA);
        root.put("command", origin.command());
        root.put("version", origin.version());
        root.put("java", origin.java());
        root.put("wallSeconds", origin.wallSeconds());
        root.put("calibrated", false);
        settings(root, report.settings());
        ArrayNode inputs = root.putArray("inputs");
        report.inputs().forEach(input -> input(inputs.addObject(), input));
        ArrayNode results = root.putArray("results");
        report.results().forEach(result -> result(results.addObject(), report, result));
        ArrayNode capacities = root.putArray("capacity");
        report.capacities()
                .forEach(capacity -> capacities
                        .addObject()
                        .put("workload", capacity.workload())
                        .put("policy", capacity.policy().toString())
                        .put("speedup", rounded(capacity.speedup()))
                        .put("isLowerBound", capacity.isBound()));
        ArrayNode pairs = root.putArray("pairs");
        report.cells().forEach(cell -> pairs(pairs, report.of(cell)));
        ObjectNode invariants = root.putObject("invariants");
        invariants.put("checked", RoutingReport.INVARIANTS);
        ArrayNode violations = invariants.putArray("violations");
        report.violations().forEach(violations::add);
        return text(root);
    }

    private static void settings(ObjectNode root, RunSettings settings) {
        ObjectNode engine = root.putObject("engine");
        engine.put("preset", settings.engine().preset());
        ObjectNode constants = engine.putObject("constants");
        settings.engine().values().forEach((name, value) -> number(constants, name, value));
        root.put("replicas", settings.fleet().size());
        root.put("routers", settings.routers());
        ObjectNode slo = root.putObject("slo");
        if (settings.slo().ttftMicros() == Slo.AUTO) {
            slo.put("ttftMs", "auto");
        } else {
            number(slo, "ttftMs", settings.slo().ttftMicros() / MILLIS_PER_SECOND);
        }
        number(slo, "tpotMs", settings.slo().tpotMicros() / MILLIS_PER_SECOND);
    }

    private static void input(ObjectNode node, Input input) {
        var workload = input.cell().workload();
        var facts = input.facts();
        node.put("name", workload.name());
        node.put("format", workload.format());
        node.put("sha256", workload.sha256());
        node.put("requests", facts.requests());
        node.put("dropped", input.dropped());
        node.put("distinctTimestamps", facts.distinctTimestamps());
        node.put("quantumMs", facts.quantumMillis());
        node.put("jitter", workload.jitter().name());
        number(node, "hitCeilingPct", facts.hitCeilingPercent());
        number(node, "tokenCeilingPct", facts.tokenCeilingPercent());
        number(node, "perSecond", facts.perSecond());
        lengths(node.putObject("inputTokens"), facts.input());
        lengths(node.putObject("outputTokens"), facts.output());
        ArrayNode notes = node.putArray("notes");
        workload.notes().forEach(notes::add);
    }

    private static void lengths(ObjectNode node, TraceFacts.Lengths lengths) {
        number(node, "mean", lengths.mean());
        node.put("p50", lengths.p50()).put("p90", lengths.p90()).put("p99", lengths.p99());
    }

    private static void result(ObjectNode node, RoutingReport report, Result result) {
        node.put("workload", result.cell().workload().name());
        number(node, "speedup", result.cell().speedup());
        number(node, "signalAgeMs", result.cell().signalAgeMicros() / MILLIS_PER_SECOND);
        node.put("policy", result.policy().name());
        ObjectNode parameters = node.putObject("parameters");
        result.policy().parameters().forEach((key, value) -> parameter(parameters, key, value));
        ArrayNode seeds = node.putArray("seeds");
        result.seeds().forEach(seeds::add);
        node.put("requests", result.requests());
        ObjectNode metrics = node.putObject("metrics");
        for (Metric metric : Metric.values()) {
            metric(metrics, metric, result.values(metric));
        }
        number(node, "regret", report.regret(result));
        result.failure().ifPresentOrElse(reason -> node.put("failure", reason), () -> node.putNull("failure"));
    }

    private static void metric(ObjectNode metrics, Metric metric, double[] values) {
        ObjectNode node = metric.part().isEmpty()
                ? metrics.putObject(metric.group())
                : metrics.withObjectProperty(metric.group()).putObject(metric.part());
        number(node, "mean", Statistics.mean(values));
        number(node, "sd", Statistics.deviation(values));
        ArrayNode all = node.putArray("values");
        for (double value : values) {
            if (Double.isFinite(value)) {
                all.add(rounded(value));
            } else {
                all.addNull();
            }
        }
    }

    private static void parameter(ObjectNode node, String key, String value) {
        try {
            number(node, key, Double.parseDouble(value));
        } catch (NumberFormatException e) {
            node.put(key, value);
        }
    }

    private static void pairs(ArrayNode pairs, List<Result> results) {
        for (int i = 0; i < results.size(); i++) {
            for (int k = i + 1; k < results.size(); k++) {
                pair(pairs.addObject(), Pair.of(results.get(i), results.get(k), Metric.GOODPUT));
            }
        }
    }

    private static void pair(ObjectNode node, Pair pair) {
        node.put("workload", pair.a().cell().workload().name());
        number(node, "speedup", pair.a().cell().speedup());
        node.put("a", pair.a().policy().toString());
        node.put("b", pair.b().policy().toString());
        node.put("metric", Metric.GOODPUT.toString());
        number(node, "meanDifference", pair.mean());
        if (Double.isNaN(pair.halfWidth())) {
            node.putNull("ci95");
        } else {
            node.putArray("ci95")
                    .add(rounded(pair.mean() - pair.halfWidth()))
                    .add(rounded(pair.mean() + pair.halfWidth()));
        }
        node.put("better", pair.better()).put("of", pair.differences().size());
    }

    private static void number(ObjectNode node, String name, double value) {
        if (!Double.isFinite(value)) {
            node.putNull(name);
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            node.put(name, (long) value);
        } else {
            node.put(name, rounded(value));
        }
    }

    // Six decimals are finer than the microseconds that times are counted in.
    private static double rounded(double value) {
        double scaled = value * 1e6;
        return Math.abs(scaled) < 1e15 ? Math.rint(scaled) / 1e6 : value;
    }

    private static String text(ObjectNode root) {
        try {
            return JSON.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that is no JSON", e);
        }
    }

    /**
     * Where a report comes from.
     *
     * @param command what was asked, without what changes no result
     * @param version of Headgate
     * @param java that ran it
     * @param wallSeconds how long that took
     */
    public record Origin(String command, String version, String java, double wallSeconds) {}
}
