package dev.headgate.gateway.relay;

import dev.headgate.core.request.Prompt;
import dev.headgate.core.request.Usage;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Live traffic, a line for each request that was answered well: when it came, how long prompt and answer were, and the
 * chained hashes of the prompt's blocks; never text. A simulation replays it. Thread-safe.
 */
public final class TrafficLog {
    private static final double NANOS_PER_MILLI = 1e6;

    private final List<Reader> readers = new CopyOnWriteArrayList<>();

    TrafficLog() {}

    /** Gives each line to {@code lines}, on the event loop of its request, until {@link Reader#close}. */
    public Reader read(Consumer<String> lines) {
        Reader reader = new Reader(this, lines, System.nanoTime());
        readers.add(reader);
        return reader;
    }

    /** Returns whether anybody reads it. */
    boolean isRead() {
        return !readers.isEmpty();
    }

    void answered(RelayRequest asked, Usage usage, long tokens) {
        Prompt prompt = asked.failover().prompt();
        if (prompt.tokens() == 0) {
            return; // what came before anybody read, or has no prompt
        }
        long output = usage.completionTokens() > 0 ? usage.completionTokens() : tokens;
        for (Reader reader : readers) {
            long sinceNanos = asked.startNanos() - reader.beganNanos;
            if (sinceNanos >= 0) {
                reader.lines.accept(line(asked, prompt, output, sinceNanos));
            }
        }
    }

    private static String line(RelayRequest asked, Prompt prompt, long output, long sinceNanos) {
        StringBuilder line = new StringBuilder(160 + 20 * prompt.blocks());
        line.append("{\"timestamp\":")
                .append(String.format(Locale.ROOT, "%.3f", sinceNanos / NANOS_PER_MILLI))
                .append(",\"input_length\":")
                .append(prompt.tokens())
                .append(",\"output_length\":")
                .append(output)
                .append(",\"block_tokens\":")
                .append(prompt.blockTokens())
                .append(",\"priority\":")
                .append(Math.max(-10, Math.min(10, asked.failover().priority())));
        text(line, "model", asked.failover().model());
        text(line, "tenant", asked.failover().tenant());
        line.append(",\"hashes\":[");
        for (int i = 0; i < prompt.blocks(); i++) {
            line.append(i == 0 ? "" : ",").append(prompt.block(i));
        }
        return line.append("]}\n").toString();
    }

    private static void text(StringBuilder line, String key, String value) {
        if (value.isEmpty()) {
            return;
        }
        line.append(",\"").append(key).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    /** Somebody who reads. */
    public static final class Reader implements AutoCloseable {
        private final TrafficLog log;
        private final Consumer<String> lines;
        private final long beganNanos;

        private Reader(TrafficLog log, Consumer<String> lines, long beganNanos) {
            this.log = log;
            this.lines = lines;
            this.beganNanos = beganNanos;
        }

        @Override
        public void close() {
            log.readers.remove(this);
        }
    }
}
