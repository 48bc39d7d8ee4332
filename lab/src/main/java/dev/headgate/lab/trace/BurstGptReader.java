package dev.headgate.lab.trace;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated with {@code Timestamp} in seconds, {@code Request tokens} and {@code Response tokens}. With a
 * {@code Session ID} the conversation so far is assumed to be the beginning of the next prompt. A response of no tokens is a
 * failed call and left out.
 */
final class BurstGptReader implements LineReader {
    private final TraceBuilder trace;
    private final Map<String, Conversation> conversations = new HashMap<>();
    private @Nullable CsvHeader header;
    private int failedCalls;

    BurstGptReader(TraceBuilder trace) {
        this.trace = trace;
    }

    @Override
    public void read(String line, int number) {
        if (header == null) {
            header = new CsvHeader(line, "Timestamp", "Model", "Request tokens", "Response tokens");
            return;
        }
        String[] cells = line.split(",", -1);
        long micros = Fields.micros("Timestamp", header.cell(cells, "Timestamp"), 1);
        int output = Fields.answerTokens("Response tokens", header.cell(cells, "Response tokens"));
        if (output == 0) {
            failedCalls++;
            return;
        }
        int input = Fields.promptTokens("Request tokens", header.cell(cells, "Request tokens"));
        String session = word(header.cell(cells, "Session ID"));
        int request = trace.add(micros, input, output);
        if (!session.isEmpty()) {
            conversations
                    .computeIfAbsent(session, name -> new Conversation(conversations.size() + 1))
                    .turn(trace, request, input, output);
        }
        trace.privateRest().label("", word(header.cell(cells, "Model")), session, 0);
    }

    @Override
    public int skipped() {
        return failedCalls;
    }

    private static String word(@Nullable String text) {
        return text == null ? "" : text.strip();
    }

    /** A prompt that grows: its units are named by their place, so that a longer one begins with a shorter one. */
    private static final class Conversation {
        private final long number;
        private int said;
        private int before = Trace.NONE;

        Conversation(long number) {
            this.number = number;
        }

        void turn(TraceBuilder trace, int request, int input, int output) {
            int known = Math.min(said, input);
            int units = (known > 0 || before == Trace.NONE ? input : 0) + trace.unitTokens() - 1;
            for (int k = 0; k < units / trace.unitTokens(); k++) {
                trace.unit(number << 32 | k);
            }
            if (before != Trace.NONE) {
                trace.follows(request, before, 0);
            }
            before = request;
            said = input + output;
        }
    }
}
