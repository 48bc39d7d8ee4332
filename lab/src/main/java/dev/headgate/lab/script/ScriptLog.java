package dev.headgate.lab.script;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.pool.EndpointId;
import java.util.function.Consumer;

/** Prints events: one JSON object per line, of the time in milliseconds and the event by its name. */
final class ScriptLog {
    private final Consumer<String> out;
    private long nowNanos;

    ScriptLog(Consumer<String> out) {
        this.out = out;
    }

    void at(long nanos) {
        nowNanos = nanos;
    }

    /** Prints {@code event} with {@code details}. */
    void event(String event, ObjectNode details) {
        ObjectNode line = object();
        if (nowNanos % 1_000_000 == 0) {
            line.put("at", nowNanos / 1_000_000);
        } else {
            line.put("at", nowNanos / 1e6);
        }
        line.set(event, details);
        out.accept(line.toString());
    }

    /** Prints an event of a request at an endpoint. */
    void event(String event, String request, EndpointId endpoint) {
        event(event, object().put("request", request).put("endpoint", endpoint.value()));
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
