package dev.headgate.worker.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One graph in memory that turns token ids into vectors. Thread-safe until closed.
 *
 * <p>The graph takes int64 {@code input_ids} and, as far as it names them, {@code attention_mask} and
 * {@code token_type_ids}, and gives one vector per token or one per text.
 */
final class EmbeddingSession implements AutoCloseable {
    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String TYPES = "token_type_ids";
    /** Threads that spin between operators take the cores of other workers on the machine, which doubles their runs. */
    private static final String SPINNING = "session.intra_op.allow_spinning";

    private static final String PREFERRED_OUTPUT = "last_hidden_state";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Pooling pooling;
    private final String output;
    private final int dim;

    private EmbeddingSession(OrtEnvironment environment, OrtSession session, Pooling pooling) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.pooling = pooling;
        NodeInfo node = output(session);
        this.output = node.getName();
        this.dim = lastDimension(node);
    }

    /** Loads ONNX Runtime's native library. */
    static void warmUp() {
        OrtEnvironment.getEnvironment();
    }

    /** Loads a graph; {@code threads} of this process work on one run of it. */
    static EmbeddingSession open(Path model, Pooling pooling, int threads) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.addConfigEntry(SPINNING, "0");
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            OrtSession session = environment.createSession(model.toString(), options);
            try {
                return new EmbeddingSession(environment, session, pooling);
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        }
    }

    /** Returns the length of a vector, zero if the graph does not say. */
    int dim() {
        return dim;
    }

    /** Returns whether the graph takes token ids at all. */
    boolean takesTokens() {
        return session.getInputNames().contains(IDS);
    }

    /** Returns one vector per text, in order; not normalised. */
    List<float[]> run(List<long[]> texts, OrtSession.RunOptions options) throws OrtException {
        int longest = texts.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        long[] shape = {texts.size(), longest};
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String name : session.getInputNames()) {
                inputs.put(
                        name,
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(input(name, texts, longest)), shape));
            }
            try (OrtSession.Result result = session.run(inputs, options)) {
                return pool((OnnxTensor) result.get(output).orElseThrow(), texts);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime did not close a session", e);
        }
    }

    private static long[] input(String name, List<long[]> texts, int longest) {
        long[] values = new long[texts.size() * longest];
        if (name.equals(TYPES)) {
            return values; // one sentence per text: type zero throughout
        }
        for (int i = 0; i < texts.size(); i++) {
            long[] ids = texts.get(i);
            int from = i * longest;
            if (name.equals(IDS)) {
                System.arraycopy(ids, 0, values, from, ids.length);
            } else if (name.equals(MASK)) {
                Arrays.fill(values, from, from + ids.length, 1);
            } else {
                throw new IllegalArgumentException(
                        "graph input " + name + " (expected: " + IDS + ", " + MASK + " or " + TYPES + ")");
            }
        }
        return values;
    }

    private List<float[]> pool(OnnxTensor tensor, List<long[]> texts) {
        long[] shape = tensor.getInfo().getShape();
        int width = Math.toIntExact(shape[shape.length - 1]);
        FloatBuffer values = tensor.getFloatBuffer();
        boolean pooled = shape.length == 2;
        int rows = pooled ? 1 : Math.toIntExact(shape[1]);
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            int tokens = pooled ? 1 : texts.get(i).length;
            vectors.add(pooling.pool(values, i * rows * width, tokens, width));
        }
        return vectors;
    }

    private static NodeInfo output(OrtSession session) throws OrtException {
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        NodeInfo preferred = outputs.get(PREFERRED_OUTPUT);
        return preferred != null ? preferred : outputs.values().iterator().next();
    }

    private static int lastDimension(NodeInfo node) {
        if (!(node.getInfo() instanceof TensorInfo tensor)) {
            throw new IllegalArgumentException("graph output " + node.getName() + " is not a tensor");
        }
        long[] shape = tensor.getShape();
        return shape.length == 0 ? 0 : (int) Math.max(0, shape[shape.length - 1]);
    }
}
