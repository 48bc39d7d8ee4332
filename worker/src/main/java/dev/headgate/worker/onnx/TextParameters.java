package dev.headgate.worker.onnx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a task on texts.
 *
 * @param texts in the caller's order
 * @param normalize whether vectors are scaled to length one
 * @param truncate whether a text over the limit is cut; otherwise it is an error
 * @param strict whether an empty text is an error
 * @param base64 whether vectors are written as base64 of little-endian floats
 */
record TextParameters(List<String> texts, boolean normalize, boolean truncate, boolean strict, boolean base64) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Reads a JSON object; unknown fields are ignored. Throws IllegalArgumentException naming what is wrong. */
    static TextParameters parse(ByteString parameters) {
        try (JsonParser in = JSON.createParser(parameters.newInput())) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("parameters are not a JSON object");
            }
            return read(in);
        } catch (IOException e) {
            throw new IllegalArgumentException("parameters are not JSON", e);
        }
    }

    private static TextParameters read(JsonParser in) throws IOException {
        List<String> texts = null;
        boolean normalize = true;
        boolean truncate = true;
        boolean strict = false;
        boolean base64 = false;
        for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
            JsonToken value = in.nextToken();
            switch (field) {
                case "texts" -> texts = texts(in, value);
                case "normalize" -> normalize = flag(in, field);
                case "truncate" -> truncate = flag(in, field);
                case "strict" -> strict = flag(in, field);
                case "encoding" -> base64 = isBase64(in);
                default -> in.skipChildren();
            }
        }
        if (texts == null) {
            throw new IllegalArgumentException("texts is missing (expected: an array of strings)");
        }
        return new TextParameters(texts, normalize, truncate, strict, base64);
    }

    private static List<String> texts(JsonParser in, JsonToken first) throws IOException {
        if (first != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException("texts is not an array (expected: an array of strings)");
        }
        List<String> texts = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                throw new IllegalArgumentException("texts[" + texts.size() + "] is not a string");
            }
            texts.add(in.getText());
        }
        return texts;
    }

    private static boolean flag(JsonParser in, String field) throws IOException {
        return switch (in.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new IllegalArgumentException(field + " is not true or false");
        };
    }

    private static boolean isBase64(JsonParser in) throws IOException {
        String encoding = in.currentToken() == JsonToken.VALUE_STRING ? in.getText() : "";
        return switch (encoding) {
            case "base64" -> true;
            case "float" -> false;
            default -> throw new IllegalArgumentException("encoding is unknown (expected: float or base64)");
        };
    }
}
