package dev.headgate.lab.failover;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * How a gateway came through.
 *
 * @param target the gateway's URL
 * @param pass how many scenarios it passed
 * @param partial how many it came through with a whole answer beyond the ideal's limits
 * @param safe how many ended in a clear error
 * @param fail how many ended in a wrong answer or none
 * @param seconds how long it took to play them
 * @param scenarios each of them
 */
@JsonPropertyOrder({"target", "pass", "partial", "safe", "fail", "seconds", "scenarios"})
public record FailoverReport(
        String target, long pass, long partial, long safe, long fail, double seconds, List<Row> scenarios) {
    /** Makes a report of its rows. */
    static FailoverReport of(String target, double seconds, List<Row> rows) {
        return new FailoverReport(
                target,
                count(rows, Score.PASS),
                count(rows, Score.PARTIAL),
                count(rows, Score.SAFE),
                count(rows, Score.FAIL),
                seconds,
                List.copyOf(rows));
    }

    /** Returns whether every scenario was passed. */
    public boolean hasPassed() {
        return pass == scenarios.size();
    }

    /** A scenario; its score is the worst of its lanes'. */
    @JsonPropertyOrder({"id", "score", "fault", "ideal", "lanes"})
    public record Row(String id, Score score, String fault, String ideal, List<LaneRow> lanes) {}

    /** A lane: how long its requests took, how often the models were tried, and what was missed. */
    @JsonPropertyOrder({"lane", "score", "seconds", "primaryTries", "fallbackTries", "note"})
    public record LaneRow(String lane, Score score, double seconds, int primaryTries, int fallbackTries, String note) {}

    private static long count(List<Row> rows, Score score) {
        return rows.stream().filter(row -> row.score() == score).count();
    }
}
