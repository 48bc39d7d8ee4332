package dev.headgate.lab.dispatch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Reports as text and as JSON whose fields always stand in the same order. */
public final class DispatchPrinter {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private DispatchPrinter() {}

    /** Returns {@code report}, a {@link DispatchReport} or a {@link DispatchComparison}, as a JSON document. */
    public static String json(Record report) {
        try {
            return JSON.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that is no JSON: " + report, e);
        }
    }

    /** Returns exactly the lines that smart-routing's benchmark prints, followed by our own. */
    public static String text(DispatchReport report) {
        StringBuilder text = new StringBuilder();
        line(text, "Worker Log Summary:");
        line(text, String.format(Locale.ROOT, "  Total Label Misses: %d", report.misses()));
        line(text, String.format(Locale.ROOT, "  Tasks Completed: %d", report.completed()));
        line(text, String.format(Locale.ROOT, "  Average Task Runtime: %.4f seconds", report.runtimeSeconds()));
        line(text, "Producer Log Summary:");
        int requests = report.completed() + report.failed();
        line(text, String.format(Locale.ROOT, "  Total Requests: %d", requests));
        line(text, String.format(Locale.ROOT, "  Total Failed Requests: %d", report.failed()));
        line(text, String.format(Locale.ROOT, "  Total Synchronous Requests: %d", requests));
        line(text, String.format(Locale.ROOT, "  Total Dispatched Jobs: %d", 0));
        DispatchReport.Latency e = report.endToEnd();
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "End to end: mean %.4f, p50 %.4f, p95 %.4f, p99 %.4f, max %.4f seconds",
                        e.mean(),
                        e.p50(),
                        e.p95(),
                        e.p99(),
                        e.max()));
        line(text, String.format(Locale.ROOT, "Throughput: %.2f tasks/s", report.perSecond()));
        line(text, String.format(Locale.ROOT, "Misses by cause: %s", causes(report.missesByCause())));
        line(
                text,
                String.format(
                        Locale.ROOT, "Clairvoyant MIN: %d misses, LRU: %d", report.minMisses(), report.lruMisses()));
        return text.toString();
    }

    private static String causes(Map<String, Integer> missesByCause) {
        return missesByCause.isEmpty()
                ? "none"
                : missesByCause.entrySet().stream()
                        .map(cause -> cause.getKey() + " " + cause.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** Returns a table with a row per policy and seed and one for the means of each policy. */
    public static String text(DispatchComparison comparison) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "%-8s %6s %8s %9s %9s %9s %9s %9s %8s %8s",
                        "policy",
                        "seed",
                        "misses",
                        "runtime s",
                        "tasks/s",
                        "mean s",
                        "p50 s",
                        "p99 s",
                        "MIN",
                        "failed"));
        for (DispatchReport row : comparison.rows()) {
            DispatchReport.Latency e = row.endToEnd();
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "%-8s %6d %8d %9.4f %9.2f %9.4f %9.4f %9.4f %8d %8d",
                            row.config().policy(),
                            row.config().seed(),
                            row.misses(),
                            row.runtimeSeconds(),
                            row.perSecond(),
                            e.mean(),
                            e.p50(),
                            e.p99(),
                            row.minMisses(),
                            row.failed()));
        }
        for (DispatchComparison.Summary mean : comparison.summary()) {
            DispatchReport.Latency e = mean.endToEnd();
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "%-8s %6s %8.1f %9.4f %9.2f %9.4f %9.4f %9.4f",
                            mean.policy(),
                            "mean",
                            mean.misses(),
                            mean.runtimeSeconds(),
                            mean.perSecond(),
                            e.mean(),
                            e.p50(),
                            e.p99()));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line.stripTrailing()).append('\n');
    }
}
