package dev.headgate.lab.gateway;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * What came out.
 *
 * @param machine processor, kernel and JDK
 * @param pinning who ran where
 * @param settings how long was measured
 * @param floorRequestsPerSecond requests a second straight to the upstream
 * @param floorEventsPerSecond events a second straight to it
 * @param rows the entrants
 * @param absent those that did not take part, and why
 * @param targets what was aimed at
 */
@JsonPropertyOrder({
    "machine",
    "pinning",
    "settings",
    "floorRequestsPerSecond",
    "floorEventsPerSecond",
    "rows",
    "absent",
    "targets"
})
public record GatewayReport(
        String machine,
        String pinning,
        String settings,
        double floorRequestsPerSecond,
        double floorEventsPerSecond,
        List<Row> rows,
        Map<String, String> absent,
        List<Target> targets) {
    /** The same with its targets. */
    GatewayReport with(List<Target> others) {
        return new GatewayReport(
                machine, pinning, settings, floorRequestsPerSecond, floorEventsPerSecond, rows, absent, others);
    }

    /** An entrant; resident is its memory after the last round, in bytes. */
    @JsonPropertyOrder({"name", "json", "json10k", "burst", "paced", "added", "streams", "resident", "quiet"})
    public record Row(
            String name,
            Cost json,
            Cost json10k,
            Cost burst,
            Cost paced,
            Added added,
            ManyStreams streams,
            long resident,
            Quiet quiet) {}

    /** A target of performance.md and how Headgate stands to it; not met if it could not be measured. */
    @JsonPropertyOrder({"id", "what", "limit", "value", "isMet"})
    public record Target(String id, String what, double limit, double value, boolean isMet) {
        static Target of(String id, String what, double limit, double value) {
            return new Target(id, what, limit, value, value <= limit);
        }
    }
}
