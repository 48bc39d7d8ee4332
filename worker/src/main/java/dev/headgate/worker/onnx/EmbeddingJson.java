package dev.headgate.worker.onnx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes the results of tasks on texts. */
final class EmbeddingJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int BYTES_PER_NUMBER = 12; // a float in decimal with its comma, rounded up

    private EmbeddingJson() {}

    /** Returns the result of {@code embed_texts}. */
    static ByteString embeddings(String label, List<float[]> vectors, int dim, long tokens, boolean base64) {
        return object(64 + vectors.size() * dim * BYTES_PER_NUMBER, out -> {
            out.writeArrayFieldStart(base64 ? "embeddings_base64" : "embeddings");
            for (float[] vector : vectors) {
                if (base64) {
                    out.writeBinary(littleEndian(vector));
                } else {
                    writeNumbers(out, vector);
                }
            }
            out.writeEndArray();
            out.writeNumberField("dim", dim);
            out.writeNumberField("tokens", tokens);
            out.writeStringField("model", label);
        });
    }

    /** Returns the result of {@code tokenize}: whole texts, not cut. */
    static ByteString tokens(String label, List<long[]> texts, int maxTokens) {
        return object(1024, out -> {
            out.writeArrayFieldStart("ids");
            for (long[] ids : texts) {
                out.writeArray(ids, 0, ids.length);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("counts");
            for (long[] ids : texts) {
                out.writeNumber(ids.length);
            }
            out.writeEndArray();
            out.writeNumberField(
                    "tokens", texts.stream().mapToLong(ids -> ids.length).sum());
            out.writeNumberField("max_tokens", maxTokens);
            out.writeStringField("model", label);
        });
    }

    private static void writeNumbers(JsonGenerator out, float[] vector) throws IOException {
        out.writeStartArray();
        for (float value : vector) {
            out.writeNumber(value);
        }
        out.writeEndArray();
    }

    private static byte[] littleEndian(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return bytes.array();
    }

    private static ByteString object(int expectedBytes, Fields fields) {
        ByteString.Output bytes = ByteString.newOutput(expectedBytes);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            fields.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return bytes.toByteString();
    }

    private interface Fields {
        void write(JsonGenerator out) throws IOException;
    }
}
