package dev.headgate.lab.calibration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headgate.lab.trace.BadTraceException;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import dev.headgate.lab.trace.TraceFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What one engine was measured to do: a JSON object per request with {@code input_toks}, {@code output_toks} and the times
 * {@code queued_ts}, {@code first_token_ts} and {@code last_token_ts} in seconds. Prompts are taken to share nothing.
 */
public final class MeasuredRun {
    private static final double MICROS_PER_SECOND = 1e6;
    private static final int UNIT = 16;
    private static final int LEAST_REQUESTS = 20;
    private static final JsonMapper JSON = new JsonMapper();

    private final Trace trace;
    private final double[] ttftMicros;
    private final double[] tpotMicros;

    private MeasuredRun(Trace trace, double[] ttftMicros, double[] tpotMicros) {
        this.trace = trace;
        this.ttftMicros = ttftMicros;
        this.tpotMicros = tpotMicros;
    }

    /** Reads {@code file}; {@link BadTraceException} names the first line that makes no sense. */
    public static MeasuredRun read(Path file) {
        List<String> lines = TraceFiles.lines(file);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                rows.add(row(file, i + 1, lines.get(i)));
            }
        }
        if (rows.size() < LEAST_REQUESTS) {
            throw new BadTraceException(file + ": " + rows.size() + " requests (expected: at least " + LEAST_REQUESTS
                    + ", half of which are predicted)");
        }
        rows.sort(Comparator.comparingDouble(row -> row.queued));
        return of(rows);
    }

    private static MeasuredRun of(List<Row> rows) {
        double start = rows.get(0).queued;
        TraceBuilder trace = new TraceBuilder(UNIT);
        double[] ttft = new double[rows.size()];
        double[] tpot = new double[rows.size()];
        for (int r = 0; r < rows.size(); r++) {
            Row row = rows.get(r);
            trace.add(Math.round((row.queued - start) * MICROS_PER_SECOND), row.input, row.output);
            trace.privateRest();
            ttft[r] = (row.first - row.queued) * MICROS_PER_SECOND;
            tpot[r] = row.output <= 1 ? Double.NaN : (row.last - row.first) * MICROS_PER_SECOND / (row.output - 1);
        }
        return new MeasuredRun(trace.build(), ttft, tpot);
    }

    private static Row row(Path file, int number, String line) {
        try {
            JsonNode node = JSON.readTree(line);
            Row row = new Row(
                    node.path("queued_ts").asDouble(Double.NaN),
                    node.path("first_token_ts").asDouble(Double.NaN),
                    node.path("last_token_ts").asDouble(Double.NaN),
                    node.path("input_toks").asInt(0),
                    node.path("output_toks").asInt(0));
            if (row.queued < row.first && row.first <= row.last && row.input >= 1 && row.output >= 1) {
                return row;
            }
        } catch (JsonProcessingException e) {
            // refused in the same words as an object with other fields
        }
        throw new BadTraceException(file + ":" + number + ": " + line.substring(0, Math.min(40, line.length()))
                + " (expected: input_toks, output_toks, and queued_ts < first_token_ts <= last_token_ts)");
    }

    /** Returns the requests, in order of time. */
    Trace trace() {
        return trace;
    }

    int size() {
        return ttftMicros.length;
    }

    double ttftMicros(int request) {
        return ttftMicros[request];
    }

    /** Returns the time per further token, NaN if there was none. */
    double tpotMicros(int request) {
        return tpotMicros[request];
    }

    private record Row(double queued, double first, double last, int input, int output) {}
}
