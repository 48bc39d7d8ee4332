package dev.headgate.lab.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Reports as text and as JSON. */
public final class LivePrinter {
    private static final String SCHEMA = "headgate.simulate.live/1";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private LivePrinter() {}

    /** Returns the report as a JSON document. */
    public static String json(LiveReport report) {
        ObjectNode root = JSON.createObjectNode();
        root.put("schema", SCHEMA);
        root.put("workload", report.workload()).put("policy", report.policy());
        root.put("engine", report.engine()).put("replicas", report.replicas());
        root.put("speedup", report.speedup()).put("requests", report.requests()).put("seconds", report.seconds());
        ArrayNode seeds = root.putArray("seeds");
        report.seeds().forEach(seeds::add);
        root.put("tolerance", report.tolerance()).put("close", report.isClose());
        ObjectNode metrics = root.putObject("metrics");
        for (LiveReport.Row row : report.rows()) {
            ObjectNode metric = metrics.putObject(row.metric());
            metric.put("live", row.liveMean())
                    .put("atEngines", row.enginesMean())
                    .put("simulated", row.simulatedMean());
            metric.put("error", row.error()).put("judged", row.isJudged());
            metric.set("liveValues", JSON.valueToTree(row.live()));
            metric.set("atEnginesValues", JSON.valueToTree(row.atEngines()));
            metric.set("simulatedValues", JSON.valueToTree(row.simulated()));
        }
        root.set("overheads", JSON.valueToTree(report.overheads()));
        try {
            return JSON.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that is no JSON: " + report, e);
        }
    }

    /** Returns a line for each metric, what explains the rest, and the verdict. */
    public static String text(LiveReport report) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s x%s, %s, %d x %s, up to %d requests in %d s, seeds %s%n",
                report.workload(),
                report.speedup(),
                report.policy(),
                report.replicas(),
                report.engine(),
                report.requests(),
                report.seconds(),
                report.seeds()));
        text.append(String.format(
                Locale.ROOT,
                "%-18s %10s %10s %10s %8s%n",
                "means over seeds",
                "live",
                "at engines",
                "simulated",
                "error"));
        for (LiveReport.Row row : report.rows()) {
            text.append(String.format(
                                    Locale.ROOT,
                                    "%-18s %10.3f %10.3f %10.3f %7.1f%% %s%n",
                                    row.metric(),
                                    row.liveMean(),
                                    row.enginesMean(),
                                    row.simulatedMean(),
                                    100 * row.error(),
                                    row.isJudged() ? "*" : "")
                            .stripTrailing())
                    .append('\n');
        }
        text.append(overheads(report));
        text.append(String.format(
                Locale.ROOT,
                "%s: at most %.1f %% where there is a *%n",
                report.isClose() ? "close" : "NOT close",
                100 * report.tolerance()));
        return text.toString().replace("\r\n", "\n");
    }

    private static String overheads(LiveReport report) {
        return String.format(
                Locale.ROOT,
                "real way, ms, medians of runs: %.2f of the API delay, the other %.2f held; until a server has the request"
                        + " p50 %.2f p99 %.2f; from a first token to its caller p50 %.2f p99 %.2f; steps late by p50 %.3f"
                        + " p99 %.3f max %.1f%n",
                median(report, Overheads::pathMs),
                median(report, Overheads::heldMs),
                median(report, run -> run.before().p50Ms()),
                median(report, run -> run.before().p99Ms()),
                median(report, run -> run.after().p50Ms()),
                median(report, run -> run.after().p99Ms()),
                median(report, run -> run.lateness().p50Ms()),
                median(report, run -> run.lateness().p99Ms()),
                median(report, run -> run.lateness().maxMs()));
    }

    private static double median(LiveReport report, ToDoubleFunction<Overheads> value) {
        return report.overheads().stream()
                .sorted(Comparator.comparingDouble(value))
                .skip(report.overheads().size() / 2)
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }
}
