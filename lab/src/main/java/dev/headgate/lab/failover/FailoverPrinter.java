package dev.headgate.lab.failover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Locale;

/** Reports as a table and as JSON. */
public final class FailoverPrinter {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private FailoverPrinter() {}

    /** Returns the report as a JSON document. */
    public static String json(FailoverReport report) {
        try {
            return JSON.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that is no JSON: " + report, e);
        }
    }

    /** Returns a row for each scenario, one beneath it for each further lane, and the sums. */
    public static String table(FailoverReport report) {
        StringBuilder table = new StringBuilder();
        row(table, "", "score", "lane", "seconds", "primary", "fallback", "fault, and what was missed");
        for (FailoverReport.Row scenario : report.scenarios()) {
            String id = scenario.id();
            for (FailoverReport.LaneRow lane : scenario.lanes()) {
                row(
                        table,
                        id,
                        lane.score().name().toLowerCase(Locale.ROOT),
                        lane.lane(),
                        String.format(Locale.ROOT, "%.2f", lane.seconds()),
                        lane.primaryTries(),
                        lane.fallbackTries(),
                        id.isEmpty()
                                ? lane.note()
                                : scenario.fault() + (lane.note().isEmpty() ? "" : " | " + lane.note()));
                id = "";
            }
        }
        table.append(String.format(
                Locale.ROOT,
                "%s: %d pass, %d partial, %d safe, %d fail of %d, in %.0f s%n",
                report.target(),
                report.pass(),
                report.partial(),
                report.safe(),
                report.fail(),
                report.scenarios().size(),
                report.seconds()));
        return table.toString();
    }

    private static void row(StringBuilder table, Object... cells) {
        table.append(String.format(Locale.ROOT, "%-4s %-8s %-10s %8s %8s %9s  %s", cells)
                        .stripTrailing())
                .append('\n');
    }
}
