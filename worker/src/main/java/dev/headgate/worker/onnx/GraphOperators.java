package dev.headgate.worker.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.headgate.worker.engine.LoadFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The names of the operators in an ONNX file.
 *
 * <p>An ONNX file is one protobuf message: field 7 of the model is the graph, field 1 of the graph a node, field 4 of a
 * node its operator (onnx.proto). Everything else, above all the weights, is skipped and not read.
 */
final class GraphOperators {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int NODE_OPERATOR = 4;

    private GraphOperators() {}

    /** Returns the operators of the top-level graph. */
    static Set<String> read(String label, Path model) throws LoadFailure {
        Set<String> operators = new HashSet<>();
        try (InputStream file = Files.newInputStream(model)) {
            CodedInputStream in = CodedInputStream.newInstance(file);
            in.setSizeLimit(Integer.MAX_VALUE);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == MODEL_GRAPH) {
                    readGraph(in, operators);
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw LoadFailure.permanent(
                    "model " + label + ": " + model
                            + " is missing or not an ONNX model; replace it by the model's own file",
                    e);
        }
        return operators;
    }

    private static void readGraph(CodedInputStream in, Set<String> operators) throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == GRAPH_NODE) {
                readNode(in, operators);
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(end);
    }

    private static void readNode(CodedInputStream in, Set<String> operators) throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == NODE_OPERATOR) {
                operators.add(in.readString());
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(end);
    }
}
