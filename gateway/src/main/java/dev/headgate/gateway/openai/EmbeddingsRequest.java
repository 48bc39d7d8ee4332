package dev.headgate.gateway.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/embeddings}.
 *
 * @param model the label
 * @param texts what to embed, in order; at least one
 * @param isBase64 whether vectors are asked for as base64 of little-endian floats
 * @param dimensions the size asked for, 0 if not said
 * @param truncate whether a text over the model's length is cut rather than refused
 */
record EmbeddingsRequest(String model, List<String> texts, boolean isBase64, int dimensions, boolean truncate) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_TEXTS = 2048;
    private static final int MAX_NAME_CHARS = 256;
    private static final String TOKEN_IDS = "input holds token ids, which another model's tokenizer may have made"
            + " (expected: text; with LangChain set check_embedding_ctx_length=False)";

    /** Reads a body; throws {@link InvalidField}. */
    static EmbeddingsRequest parse(byte[] body) {
        Fields fields = new Fields();
        try (JsonParser in = JSON.createParser(body)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidField("", "the body is not a JSON object");
            }
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                fields.read(in, field);
            }
            if (in.nextToken() != null) {
                throw new InvalidField("", "the body holds more than one JSON object");
            }
        } catch (IOException e) {
            throw new InvalidField("", "the body is not valid JSON");
        }
        return fields.request();
    }

    private static final class Fields {
        private String model = "";
        private @Nullable List<String> texts;
        private boolean base64;
        private int dimensions;
        private boolean truncate;

        private void read(JsonParser in, String field) throws IOException {
            JsonToken token = in.nextToken();
            if (token == JsonToken.VALUE_NULL) {
                return;
            }
            switch (field) {
                case "model" -> model = string(in, field);
                case "input" -> texts = input(in);
                case "encoding_format" -> base64 = isBase64(string(in, field));
                case "dimensions" -> dimensions = positive(in, field);
                case "truncate" -> truncate = flag(in, field);
                default -> in.skipChildren();
            }
        }

        private EmbeddingsRequest request() {
            if (model.isEmpty()) {
                throw new InvalidField("model", "model is missing (expected: a model's name)");
            }
            if (model.length() > MAX_NAME_CHARS || model.chars().anyMatch(Character::isISOControl)) {
                throw new InvalidField(
                        "model", "model is not a model's name (expected: at most 256 characters, none of control)");
            }
            if (texts == null) {
                throw new InvalidField("input", "input is missing (expected: a string or an array of strings)");
            }
            return new EmbeddingsRequest(model, texts, base64, dimensions, truncate);
        }

        private static List<String> input(JsonParser in) throws IOException {
            List<String> texts = new ArrayList<>();
            if (in.currentToken() == JsonToken.VALUE_STRING) {
                texts.add(in.getText());
            } else if (in.currentToken() == JsonToken.START_ARRAY) {
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    texts.add(element(in, texts.size()));
                }
            } else {
                throw new InvalidField("input", "input is neither a string nor an array of strings");
            }
            if (texts.isEmpty()) {
                throw new InvalidField("input", "input is an empty array (expected: 1 to " + MAX_TEXTS + " strings)");
            }
            for (int i = 0; i < texts.size(); i++) {
                if (texts.get(i).isEmpty()) {
                    throw new InvalidField("input", "input[" + i + "] is an empty string");
                }
            }
            return texts;
        }

        private static String element(JsonParser in, int index) throws IOException {
            if (in.currentToken() == JsonToken.VALUE_NUMBER_INT || in.currentToken() == JsonToken.START_ARRAY) {
                throw new InvalidField("input", TOKEN_IDS);
            }
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                throw new InvalidField("input", "input[" + index + "] is not a string");
            }
            if (index >= MAX_TEXTS) {
                throw new InvalidField("input", "input has more than " + MAX_TEXTS + " elements");
            }
            return in.getText();
        }

        private static String string(JsonParser in, String field) throws IOException {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                throw new InvalidField(field, field + " is not a string");
            }
            return in.getText();
        }

        private static boolean isBase64(String format) {
            return switch (format) {
                case "base64" -> true;
                case "float" -> false;
                default ->
                    throw new InvalidField(
                            "encoding_format", "encoding_format: " + format + " (expected: float or base64)");
            };
        }

        private static int positive(JsonParser in, String field) throws IOException {
            if (in.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    || in.getLongValue() < 1) {
                throw new InvalidField(field, field + " is not a whole number > 0");
            }
            return (int) Math.min(Integer.MAX_VALUE, in.getLongValue());
        }

        private static boolean flag(JsonParser in, String field) throws IOException {
            if (!in.currentToken().isBoolean()) {
                throw new InvalidField(field, field + " is not true or false");
            }
            return in.getBooleanValue();
        }
    }
}
