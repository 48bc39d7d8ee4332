package dev.headgate.lab.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of one JSON object, read without a tree. Reused from line to line. */
final class JsonLine {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, String> scalars = new HashMap<>();
    private final String idsName;
    private long[] ids = new long[64];
    private int idCount;
    private boolean hasIds;

    /** Creates one for lines whose only array of interest is {@code idsName}. */
    JsonLine(String idsName) {
        this.idsName = idsName;
    }

    /** Reads {@code line}; throws {@link BadTraceException} if it is no object. */
    void read(String line) {
        scalars.clear();
        idCount = 0;
        hasIds = false;
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw unreadable(line);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser);
            }
        } catch (IOException e) {
            throw unreadable(line);
        }
    }

    /** Returns the text or number called {@code name}, null if there is none. */
    @Nullable
    String text(String name) {
        return scalars.get(name);
    }

    String text(String name, String other) {
        return scalars.getOrDefault(name, other);
    }

    /** Returns the ids; throws {@link BadTraceException} if the line has none. */
    long[] ids() {
        if (!hasIds) {
            throw new BadTraceException("no " + idsName + " (expected: a list of block ids)");
        }
        return Arrays.copyOf(ids, idCount);
    }

    private void field(JsonParser parser) throws IOException {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.START_ARRAY && name.equals(idsName)) {
            hasIds = true;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                add(id(parser));
            }
        } else if (value == JsonToken.START_ARRAY || value == JsonToken.START_OBJECT) {
            parser.skipChildren();
        } else if (value != JsonToken.VALUE_NULL) {
            scalars.put(name, parser.getText());
        }
    }

    private long id(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? parser.getBigIntegerValue().longValue()
                        : parser.getLongValue();
            case VALUE_STRING -> hexadecimal(parser.getText());
            default ->
                throw new BadTraceException(
                        idsName + ": " + parser.getText() + " (expected: whole numbers or hexadecimal texts)");
        };
    }

    private long hexadecimal(String text) {
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException e) {
            throw new BadTraceException(idsName + ": " + text + " (expected: up to 16 hexadecimal digits)");
        }
    }

    private void add(long id) {
        if (idCount == ids.length) {
            ids = Arrays.copyOf(ids, 2 * idCount);
        }
        ids[idCount++] = id;
    }

    private static BadTraceException unreadable(String line) {
        return new BadTraceException(shown(line) + " (expected: a JSON object)");
    }

    /** Returns the beginning of {@code line}, as much as fits into a sentence. */
    static String shown(String line) {
        return line.length() <= 40 ? line : line.substring(0, 40) + "…";
    }
}
