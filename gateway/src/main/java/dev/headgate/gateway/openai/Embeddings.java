package dev.headgate.gateway.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Vectors as a worker returns them for one piece of an input.
 *
 * @param vectors each vector's little-endian floats
 * @param dimensions numbers per vector
 * @param tokens tokens read
 */
record Embeddings(List<byte[]> vectors, int dimensions, long tokens) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Reads a worker's result for {@code expected} texts; throws IllegalArgumentException if it is anything else. */
    static Embeddings parse(ByteString json, int expected) {
        List<byte[]> vectors = new ArrayList<>();
        int dimensions = 0;
        long tokens = 0;
        try (JsonParser in = JSON.createParser(json.newInput())) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is not a JSON object");
            }
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                in.nextToken();
                switch (field) {
                    case "embeddings_base64" -> {
                        if (in.currentToken() != JsonToken.START_ARRAY) {
                            throw new IllegalArgumentException("embeddings_base64 is not an array");
                        }
                        while (in.nextToken() != JsonToken.END_ARRAY) {
                            vectors.add(in.getBinaryValue());
                        }
                    }
                    case "dim" -> dimensions = in.getIntValue();
                    case "tokens" -> tokens = in.getLongValue();
                    default -> in.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("it is not JSON with embeddings_base64, dim and tokens", e);
        }
        if (vectors.size() != expected) {
            throw new IllegalArgumentException(vectors.size() + " vectors (expected: " + expected + ")");
        }
        for (byte[] vector : vectors) {
            if (vector.length != dimensions * Float.BYTES) {
                throw new IllegalArgumentException(
                        "a vector of " + vector.length + " bytes (expected: " + dimensions + " floats)");
            }
        }
        return new Embeddings(vectors, dimensions, tokens);
    }

    /** Writes OpenAI's list of the vectors of all {@code pieces}, in order. */
    static byte[] write(String model, List<Embeddings> pieces, boolean base64) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8192);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("object", "list");
            out.writeArrayFieldStart("data");
            int index = 0;
            for (Embeddings piece : pieces) {
                for (byte[] vector : piece.vectors()) {
                    out.writeStartObject();
                    out.writeStringField("object", "embedding");
                    out.writeNumberField("index", index++);
                    out.writeFieldName("embedding");
                    writeVector(out, vector, base64);
                    out.writeEndObject();
                }
            }
            out.writeEndArray();
            out.writeStringField("model", model);
            long tokens = pieces.stream().mapToLong(Embeddings::tokens).sum();
            out.writeObjectFieldStart("usage");
            out.writeNumberField("prompt_tokens", tokens);
            out.writeNumberField("total_tokens", tokens);
            out.writeEndObject();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    private static void writeVector(JsonGenerator out, byte[] vector, boolean base64) throws IOException {
        if (base64) {
            out.writeBinary(vector);
            return;
        }
        FloatBuffer numbers =
                ByteBuffer.wrap(vector).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        out.writeStartArray();
        while (numbers.hasRemaining()) {
            out.writeNumber(numbers.get());
        }
        out.writeEndArray();
    }
}
