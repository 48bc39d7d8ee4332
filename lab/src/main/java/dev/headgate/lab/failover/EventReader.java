package dev.headgate.lab.failover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Takes the bytes of an event stream as they come and notes when each event was whole. */
final class EventReader {
    private final List<Reception.Event> events = new ArrayList<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private boolean endedInReturn;

    void take(byte[] bytes, int count, long nowNanos) {
        for (int i = 0; i < count; i++) {
            byte next = bytes[i];
            if (next == '\r' || (next == '\n' && !endedInReturn)) {
                endLine(nowNanos);
            } else if (next != '\n') {
                line.write(next);
            }
            endedInReturn = next == '\r';
        }
    }

    List<Reception.Event> events() {
        return List.copyOf(events);
    }

    private void endLine(long nowNanos) {
        String text = line.toString(UTF_8);
        line.reset();
        if (text.isEmpty()) {
            if (!data.isEmpty()) {
                events.add(new Reception.Event(name, data.substring(0, data.length() - 1), nowNanos));
            }
            data.setLength(0);
            name = "";
        } else if (text.startsWith("data:")) {
            data.append(value(text)).append('\n');
        } else if (text.startsWith("event:")) {
            name = value(text);
        }
    }

    private static String value(String text) {
        String value = text.substring(text.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }
}
