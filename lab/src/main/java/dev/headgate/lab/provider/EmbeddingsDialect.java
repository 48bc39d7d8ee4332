package dev.headgate.lab.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** Embeddings: a small vector for each input, made of its length and place. They are never streamed. */
final class EmbeddingsDialect implements Dialect {
    private static final int DIMENSIONS = 8;

    private final String model;
    private final JsonNode request;

    EmbeddingsDialect(String model, JsonNode request) {
        this.model = model;
        this.request = request;
    }

    @Override
    public List<String> opening() {
        return List.of();
    }

    @Override
    public String token(String token) {
        throw new IllegalStateException("embeddings are not streamed");
    }

    @Override
    public List<String> closing() {
        return List.of();
    }

    @Override
    public boolean endsWithDone() {
        return false;
    }

    @Override
    public String whole() {
        JsonNode input = request.path("input");
        boolean isBase64 = request.path("encoding_format").asText().equals("base64");
        ObjectNode list = Json.object().put("object", "list").put("model", model);
        ArrayNode data = list.putArray("data");
        int inputs = input.isArray() ? input.size() : 1;
        for (int i = 0; i < inputs; i++) {
            int length = (input.isArray() ? input.path(i) : input).asText().length();
            ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
            if (isBase64) {
                item.put("embedding", base64(length, i));
            } else {
                ArrayNode vector = item.putArray("embedding");
                for (int d = 0; d < DIMENSIONS; d++) {
                    vector.add(component(length, i, d));
                }
            }
        }
        list.putObject("usage").put("prompt_tokens", inputs).put("total_tokens", inputs);
        return Json.text(list);
    }

    private static String base64(int length, int place) {
        ByteBuffer bytes = ByteBuffer.allocate(DIMENSIONS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int d = 0; d < DIMENSIONS; d++) {
            bytes.putFloat(component(length, place, d));
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** Eighths, which are the same as floats and as decimals. */
    private static float component(int length, int place, int dimension) {
        return ((length + 3 * place + 5 * dimension) % 17 - 8) / 8.0f;
    }
}
