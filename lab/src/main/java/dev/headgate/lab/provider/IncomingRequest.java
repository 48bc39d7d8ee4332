package dev.headgate.lab.provider;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole request.
 *
 * @param method such as POST
 * @param target path and query
 * @param headers names in lower case, the last of several
 * @param body what it says; an empty object if it is no JSON
 * @param readNanos when its last byte had been read
 */
record IncomingRequest(String method, String target, Map<String, String> headers, JsonNode body, long readNanos) {
    private static final int MAX_LINE_BYTES = 64 * 1024;
    private static final int MAX_BODY_BYTES = 256 * 1024 * 1024;

    /** Reads the next one; null at the end of the connection. */
    static @Nullable IncomingRequest read(Wire wire) throws IOException {
        InputStream in = wire.in();
        String start = line(in);
        if (start == null) {
            return null;
        }
        String[] words = start.split(" ", 3);
        if (words.length < 3) {
            throw new IOException("no request line: " + start);
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
            wire.sendRaw("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
        }
        JsonNode body = Json.read(body(in, headers));
        return new IncomingRequest(words[0], words[1], Map.copyOf(headers), body, System.nanoTime());
    }

    /** Returns the path without prefix queries. */
    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Returns whether the caller wants the connection closed after the answer. */
    boolean wantsClose() {
        return headers.getOrDefault("connection", "").equalsIgnoreCase("close");
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return chunks(in);
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return exactly(in, length);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line(in);
            if (size == null) {
                throw new CallerGoneException();
            }
            int semicolon = size.indexOf(';');
            int bytes = Integer.parseInt((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
            body.writeBytes(exactly(in, bytes));
            String end = line(in);
            if (bytes == 0) {
                while (end != null && !end.isEmpty()) {
                    end = line(in);
                }
                return body.toByteArray();
            }
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        if (length < 0 || length > MAX_BODY_BYTES) {
            throw new IOException("a body of " + length + " bytes");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new CallerGoneException();
        }
        return bytes;
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read >= 0; read = in.read()) {
            if (read == '\n') {
                String text = line.toString(ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            if (line.size() == MAX_LINE_BYTES) {
                throw new IOException("a line without end");
            }
            line.write(read);
        }
        return null;
    }
}
