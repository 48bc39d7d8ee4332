package dev.headgate.worker.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tiny embedding model written byte by byte, so that tests need no download.
 *
 * <p>The graph gathers a row per token id from a table and multiplies it {@code layers} times by a matrix (onnx.proto, IR
 * 8, operator set 13). The tokenizer splits at spaces and knows the words {@code w0} to {@code w9}.
 */
final class SyntheticModel {
    static final int DIM = 4;
    private static final int VOCABULARY = 14; // [PAD] [UNK] [CLS] [SEP] and ten words
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private SyntheticModel() {}

    /** Writes model.onnx and tokenizer.json into {@code directory}. */
    static void write(Path directory) throws IOException {
        write(directory, 0, DIM, false);
    }

    /** Writes a model of given width that multiplies {@code layers} times; a quantised one only says that it is. */
    static void write(Path directory, int layers, int dim, boolean quantised) throws IOException {
        Files.createDirectories(directory);
        Files.write(
                directory.resolve("model.onnx"), model(layers, dim, quantised).toByteArray());
        Files.writeString(directory.resolve("tokenizer.json"), tokenizer());
    }

    /** Returns the value of the table at a row and column. */
    static float table(int id, int column) {
        return (float) Math.sin(1 + id * 7 + column * 3);
    }

    private static ByteString model(int layers, int dim, boolean quantised) throws IOException {
        ByteString operatorSet = message(out -> out.writeInt64(2, 13));
        ByteString graph = graph(layers, dim, quantised);
        return message(out -> {
            out.writeInt64(1, 8);
            out.writeBytes(7, graph);
            out.writeBytes(8, operatorSet);
        });
    }

    private static ByteString graph(int layers, int dim, boolean quantised) throws IOException {
        return message(out -> {
            String last = layers == 0 ? "last_hidden_state" : "h0";
            out.writeBytes(1, node("Gather", new String[] {"table", "input_ids"}, last));
            for (int i = 0; i < layers; i++) {
                String next = i == layers - 1 ? "last_hidden_state" : "h" + (i + 1);
                out.writeBytes(1, node("MatMul", new String[] {"h" + i, "matrix"}, next));
            }
            if (quantised) {
                out.writeBytes(
                        1, node("DynamicQuantizeLinear", new String[] {"last_hidden_state"}, "y", "scale", "zero"));
            }
            out.writeString(2, "synthetic");
            out.writeBytes(5, tensor("table", VOCABULARY, dim, false));
            if (layers > 0) {
                out.writeBytes(5, tensor("matrix", dim, dim, true));
            }
            out.writeBytes(11, value("input_ids", INT64, 0));
            out.writeBytes(12, value("last_hidden_state", FLOAT, dim));
            if (quantised) {
                out.writeBytes(12, value("scale", FLOAT, -1));
            }
        });
    }

    private static ByteString node(String operator, String[] inputs, String... outputs) throws IOException {
        return message(out -> {
            for (String input : inputs) {
                out.writeString(1, input);
            }
            for (String output : outputs) {
                out.writeString(2, output);
            }
            out.writeString(4, operator);
        });
    }

    private static ByteString tensor(String name, int rows, int columns, boolean identity) throws IOException {
        ByteBuffer values = ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                values.putFloat(identity ? (row == column ? 1 : 0) : table(row, column));
            }
        }
        return message(out -> {
            out.writeInt64(1, rows);
            out.writeInt64(1, columns);
            out.writeInt32(2, FLOAT);
            out.writeString(8, name);
            out.writeByteArray(9, values.array());
        });
    }

    /** @param dim the last of three dimensions, zero for two named ones, -1 for a scalar */
    private static ByteString value(String name, int type, int dim) throws IOException {
        ByteString shape = message(out -> {
            if (dim >= 0) {
                out.writeBytes(1, message(dimension -> dimension.writeString(2, "batch")));
                out.writeBytes(1, message(dimension -> dimension.writeString(2, "tokens")));
            }
            if (dim > 0) {
                out.writeBytes(1, message(dimension -> dimension.writeInt64(1, dim)));
            }
        });
        ByteString tensor = message(out -> {
            out.writeInt32(1, type);
            out.writeBytes(2, shape);
        });
        ByteString wrapped = message(out -> out.writeBytes(1, tensor));
        return message(out -> {
            out.writeString(1, name);
            out.writeBytes(2, wrapped);
        });
    }

    /** Asks for cutting and padding at 5, which a correct engine ignores. */
    private static String tokenizer() {
        StringBuilder words = new StringBuilder("\"[PAD]\":0,\"[UNK]\":1,\"[CLS]\":2,\"[SEP]\":3");
        for (int i = 0; i < 10; i++) {
            words.append(",\"w").append(i).append("\":").append(4 + i);
        }
        return """
                {"version":"1.0",
                 "truncation":{"direction":"Right","max_length":5,"strategy":"LongestFirst","stride":0},
                 "padding":{"strategy":{"Fixed":5},"direction":"Right","pad_to_multiple_of":null,"pad_id":0,"pad_type_id":0,"pad_token":"[PAD]"},
                 "added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},
                 "post_processor":{"type":"TemplateProcessing",
                  "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
                  "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],
                  "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
                 "decoder":null,"model":{"type":"WordLevel","vocab":{%s},"unk_token":"[UNK]"}}
                """.formatted(words);
    }

    private static ByteString message(Writer writer) throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        writer.write(out);
        out.flush();
        return bytes.toByteString();
    }

    private interface Writer {
        void write(CodedOutputStream out) throws IOException;
    }
}
