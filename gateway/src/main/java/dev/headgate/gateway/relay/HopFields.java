package dev.headgate.gateway.relay;

import dev.headgate.core.request.FieldRules;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes out of a header what concerns one connection, or is ours, and must not be passed on. */
final class HopFields {
    private HopFields() {}

    /** Removes them from a request or an answer. */
    static void strip(HttpHeaders headers) {
        removeNamedByConnection(headers);
        List<CharSequence> removed = null;
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            CharSequence name = fields.next().getKey();
            if (FieldRules.isHop(name)) {
                removed = removed == null ? new ArrayList<>(4) : removed;
                removed.add(name);
            }
        }
        if (removed != null) {
            for (int i = 0; i < removed.size(); i++) {
                headers.remove(removed.get(i));
            }
        }
    }

    private static void removeNamedByConnection(HttpHeaders headers) {
        String connection = headers.get(HttpHeaderNames.CONNECTION);
        if (connection == null || isUsual(connection)) {
            return;
        }
        for (String line : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String name : line.split(",", -1)) {
                if (!name.isBlank()) {
                    headers.remove(name.strip());
                }
            }
        }
    }

    private static boolean isUsual(@Nullable String connection) {
        return "keep-alive".equalsIgnoreCase(connection) || "close".equalsIgnoreCase(connection);
    }
}
