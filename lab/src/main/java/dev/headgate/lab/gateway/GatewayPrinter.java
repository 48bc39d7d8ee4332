package dev.headgate.lab.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reports as tables and as JSON. */
public final class GatewayPrinter {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final double MEGABYTE = 1024.0 * 1024;

    private GatewayPrinter() {}

    /** Returns the report as a JSON document; what is not a number is a string there. */
    public static String json(GatewayReport report) {
        try {
            return JSON.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that is no JSON: " + report, e);
        }
    }

    /** Returns the floor, a table for each kind of figure, the absent and the targets. */
    public static String tables(GatewayReport report) {
        StringBuilder text = new StringBuilder();
        line(text, String.format(Locale.ROOT, "%s%n%s; %s", report.machine(), report.pinning(), report.settings()));
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "floor, straight to the upstream: %.0f requests/s, %.0f events/s",
                        report.floorRequestsPerSecond(),
                        report.floorEventsPerSecond()));
        costs(text, "JSON request of 1.2 KB, answer of 330 B, 64 connections", report, Kind.JSON);
        costs(text, "JSON request of 1.2 KB, answer of 10 KB, 64 connections", report, Kind.JSON_10K);
        costs(text, "event of a stream, all at once, 8 connections", report, Kind.BURST);
        costs(text, "event of a stream, one each 5 ms, 100 connections", report, Kind.PACED);
        latencies(text, report);
        memory(text, report);
        report.absent()
                .forEach((name, reason) -> line(text, String.format(Locale.ROOT, "%s: absent (%s)", name, reason)));
        line(text, String.format(Locale.ROOT, "%n%-4s %-56s %10s %10s  %s", "", "target", "limit", "value", "met?"));
        for (GatewayReport.Target target : report.targets()) {
            String met = Double.isNaN(target.value()) ? "not measured" : target.isMet() ? "yes" : "NO";
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "%-4s %-56s %10s %10s  %s",
                            target.id(),
                            target.what(),
                            number(target.limit()),
                            number(target.value()),
                            met));
        }
        return text.toString();
    }

    private static void costs(StringBuilder text, String title, GatewayReport report, Kind kind) {
        line(text, String.format(Locale.ROOT, "%n%s", title));
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "%-18s %10s %9s %9s %9s %9s %10s %7s",
                        "",
                        "count",
                        "CPU us",
                        "min",
                        "max",
                        "to nginx",
                        "per s",
                        "errors"));
        for (GatewayReport.Row row : report.rows()) {
            Cost cost = kind.of(row);
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "%-18s %10d %9s %9s %9s %9s %10.0f %7d",
                            row.name(),
                            cost.units(),
                            number(cost.micros()),
                            number(cost.minMicros()),
                            number(cost.maxMicros()),
                            number(cost.toNginx()),
                            cost.perSecond(),
                            cost.errors()));
        }
    }

    private static void latencies(StringBuilder text, GatewayReport report) {
        line(text, String.format(Locale.ROOT, "%nadded latency on one connection, us"));
        line(
                text,
                String.format(
                        Locale.ROOT, "%-18s %10s %9s %9s %9s %7s", "", "requests", "p50", "p99", "p99.9", "errors"));
        for (GatewayReport.Row row : report.rows()) {
            Added added = row.added();
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "%-18s %10d %9s %9s %9s %7d",
                            row.name(),
                            added.requests(),
                            number(added.p50()),
                            number(added.p99()),
                            number(added.p999()),
                            added.errors()));
        }
    }

    private static void memory(StringBuilder text, GatewayReport report) {
        line(
                text,
                String.format(Locale.ROOT, "%nsystem calls, heap and memory; 2,000 streams with a token each 100 ms"));
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "%-18s %9s %9s %9s %9s %9s %8s %8s %8s %7s %8s",
                        "",
                        "sys/req",
                        "sys/event",
                        "B/req",
                        "B/event",
                        "B/stream",
                        "RSS MB",
                        "streams",
                        "whole",
                        "gap ms",
                        "RSS MB"));
        for (GatewayReport.Row row : report.rows()) {
            Quiet quiet = row.quiet();
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "%-18s %9s %9s %9s %9s %9s %8s %8d %8d %7s %8s",
                            row.name(),
                            number(quiet.syscallsPerRequest()),
                            number(quiet.syscallsPerEvent()),
                            number(quiet.heapBytesPerRequest()),
                            number(quiet.heapBytesPerEvent()),
                            number(quiet.residentBytesPerIdleStream()),
                            number(row.resident() / MEGABYTE),
                            row.streams().open(),
                            row.streams().whole(),
                            number(row.streams().longestGapMillis()),
                            number(row.streams().residentBytes() / MEGABYTE)));
        }
    }

    /** Four digits or so; a dash for what was not measured. */
    private static String number(@Nullable Double value) {
        if (value == null || value.isNaN()) {
            return "-";
        }
        String format = Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    private static void line(StringBuilder text, String line) {
        text.append(line.stripTrailing()).append('\n');
    }

    /** A table of costs. */
    private enum Kind {
        JSON,
        JSON_10K,
        BURST,
        PACED;

        private Cost of(GatewayReport.Row row) {
            return switch (this) {
                case JSON -> row.json();
                case JSON_10K -> row.json10k();
                case BURST -> row.burst();
                case PACED -> row.paced();
            };
        }
    }
}
