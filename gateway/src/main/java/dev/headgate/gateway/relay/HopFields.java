package dev.headgate.gateway.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes out of a header what concerns one connection, or is ours, and must not be passed on. */
final class HopFields {
    private static final AsciiString OURS = AsciiString.cached("x-headgate-");
    private static final AsciiString HTTP2 = AsciiString.cached("x-http2-");
    private static final CharSequence[] HOP = {
        HttpHeaderNames.CONNECTION,
        AsciiString.cached("keep-alive"),
        AsciiString.cached("proxy-connection"),
        AsciiString.cached("proxy-authenticate"),
        HttpHeaderNames.TE,
        HttpHeaderNames.TRAILER,
        HttpHeaderNames.TRANSFER_ENCODING,
        HttpHeaderNames.UPGRADE,
        AsciiString.cached("http2-settings"),
    };

    private HopFields() {}

    /** Removes them from a request or an answer. */
    static void strip(HttpHeaders headers) {
        removeNamedByConnection(headers);
        List<CharSequence> removed = null;
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            CharSequence name = fields.next().getKey();
            if (isHop(name)) {
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

    private static boolean isHop(CharSequence name) {
        char first = (char) (name.charAt(0) | 0x20);
        if (first == 'x') {
            return startsWith(name, OURS) || startsWith(name, HTTP2);
        }
        if ("ckptuh".indexOf(first) < 0) {
            return false;
        }
        for (CharSequence hop : HOP) {
            if (AsciiString.contentEqualsIgnoreCase(name, hop)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(CharSequence name, AsciiString prefix) {
        return AsciiString.regionMatches(name, true, 0, prefix, 0, prefix.length());
    }
}
