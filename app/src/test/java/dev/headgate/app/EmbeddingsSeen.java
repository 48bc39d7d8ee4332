package dev.headgate.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What one client made of the same requests.
 *
 * @param plain the vector of "hello" without a word on its encoding
 * @param numbers the same, asked for as numbers
 * @param base64 the same, asked for as base64
 * @param array the vectors of three texts
 * @param promptTokens tokens counted for "hello"
 * @param arrayTokens tokens counted for the array
 */
record EmbeddingsSeen(
        List<Float> plain,
        List<Float> numbers,
        List<Float> base64,
        List<List<Float>> array,
        long promptTokens,
        long arrayTokens,
        Trouble unknownModel,
        Trouble emptyText,
        Trouble queueFull) {
    static final List<String> TEXTS = List.of("hello", "a second text", "你好 🚀");

    /** An error as the client's user gets it. */
    record Trouble(String type, int status, String message, String code, String retryAfter) {
        private static Trouble of(JsonNode seen) {
            return new Trouble(
                    seen.path("type").asText(),
                    seen.path("status").asInt(),
                    seen.path("message").asText(),
                    seen.path("code").asText(),
                    seen.path("retryAfter").asText(""));
        }
    }

    /** Reads what a script of {@code src/test/peers} printed. */
    static EmbeddingsSeen of(JsonNode seen) {
        List<List<Float>> array = new ArrayList<>();
        seen.path("array").forEach(vector -> array.add(floats(vector)));
        return new EmbeddingsSeen(
                floats(seen.path("plain")),
                floats(seen.path("float")),
                floats(seen.path("base64").asText()),
                array,
                seen.path("promptTokens").asLong(),
                seen.path("arrayTokens").asLong(),
                Trouble.of(seen.path("unknownModel")),
                Trouble.of(seen.path("emptyText")),
                Trouble.of(seen.path("queueFull")));
    }

    static List<Float> floats(JsonNode numbers) {
        List<Float> floats = new ArrayList<>();
        numbers.forEach(number -> floats.add(number.floatValue()));
        return floats;
    }

    /** Decodes little-endian floats. */
    static List<Float> floats(String base64) {
        FloatBuffer buffer = ByteBuffer.wrap(Base64.getDecoder().decode(base64))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        List<Float> floats = new ArrayList<>();
        while (buffer.hasRemaining()) {
            floats.add(buffer.get());
        }
        return floats;
    }
}
