package dev.headgate.lab.trace;

import java.util.HashMap;
import java.util.Map;

/**
 * Headgate's own decision log: {@code timestamp} in ms, lengths, and {@code hashes}, the chained hash of each full block of
 * {@code block_tokens}; optional {@code tenant}, {@code model}, {@code session}, {@code priority}.
 */
final class HeadgateReader implements LineReader {
    private static final double MILLIS = 1e3;

    private final JsonLine json = new JsonLine("hashes");
    private final TraceBuilder trace;
    private final Map<String, Integer> lastTurns = new HashMap<>();

    HeadgateReader(TraceBuilder trace) {
        this.trace = trace;
    }

    @Override
    public void read(String line, int number) {
        json.read(line);
        int block = Fields.whole("block_tokens", json.text("block_tokens"), 1, Fields.MOST_TOKENS);
        if (block != trace.unitTokens()) {
            throw new BadTraceException("block_tokens: " + block + " (expected: " + trace.unitTokens()
                    + ", or --file-block " + block + ")");
        }
        long micros = Fields.micros("timestamp", json.text("timestamp"), MILLIS);
        int input = Fields.promptTokens("input_length", json.text("input_length"));
        int output = Fields.answerTokens("output_length", json.text("output_length"));
        int priority = Fields.whole("priority", json.text("priority", "0"), -10, 10);
        long[] hashes = json.ids();
        if (hashes.length > input / block) {
            throw new BadTraceException(
                    "hashes: " + hashes.length + " of them (expected: at most " + input / block + ")");
        }
        int request = trace.add(micros, input, output);
        for (long hash : hashes) {
            trace.unit(hash);
        }
        String session = json.text("session", "");
        trace.privateRest().label(json.text("tenant", ""), json.text("model", ""), session, priority);
        if (!session.isEmpty()) {
            Integer earlier = lastTurns.put(session, request);
            if (earlier != null) {
                trace.follows(request, earlier, 0);
            }
        }
    }
}
