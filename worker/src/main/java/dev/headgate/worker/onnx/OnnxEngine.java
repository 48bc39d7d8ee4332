package dev.headgate.worker.onnx;

import ai.onnxruntime.OrtException;
import dev.headgate.worker.engine.Engine;
import dev.headgate.worker.engine.LoadFailure;
import dev.headgate.worker.engine.LoadedModel;
import dev.headgate.worker.engine.ModelRequest;
import dev.headgate.worker.onnx.OnnxModel.ModelFacts;
import dev.headgate.worker.store.ModelFiles;
import dev.headgate.worker.store.ModelStore;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs embedding models on ONNX Runtime: one session and one tokenizer per label. Thread-safe. */
public final class OnnxEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxEngine.class);

    static final String EMBED_TEXTS = "embed_texts";
    static final String TOKENIZE = "tokenize";

    /** A graph with this operator computes scales at run time over all that is in the run. */
    private static final String QUANTISED = "DynamicQuantizeLinear";

    private static final int MAX_BATCH = 32;

    private final ModelStore store;
    private final int threads;

    /**
     * Creates an engine.
     *
     * @param store where labels are resolved
     * @param cacheRoot where the tokenizers' native library is unpacked
     * @param threads threads that work on one run, at least one
     */
    public OnnxEngine(ModelStore store, Path cacheRoot, int threads) {
        this.store = store;
        this.threads = Math.max(1, threads);
        TokenizerLibrary.prepare(cacheRoot);
    }

    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public List<String> taskTypes() {
        return List.of(EMBED_TEXTS, TOKENIZE);
    }

    @Override
    public List<String> labels() {
        return store.labels();
    }

    @Override
    public boolean loadsAnyLabel() {
        return false;
    }

    @Override
    public int maxBatch() {
        return MAX_BATCH;
    }

    @Override
    public long predictBytes(ModelRequest model) throws LoadFailure {
        return predict(store.modelBytes(storeName(model)));
    }

    @Override
    public void warmUp() {
        try {
            EmbeddingSession.warmUp();
            TokenizerLibrary.load("any");
        } catch (LoadFailure | LinkageError e) {
            LOG.debug("warm-up failed: {}", e.toString());
        }
    }

    @Override
    public void fetch(ModelRequest model) throws LoadFailure, InterruptedException {
        store.ensure(storeName(model), line -> LOG.info("{}", line));
    }

    @Override
    public LoadedModel load(ModelRequest model) throws LoadFailure, InterruptedException {
        String label = model.label();
        ModelFiles files = store.ensure(storeName(model), _ -> {});
        boolean quantised = GraphOperators.read(label, files.model()).contains(QUANTISED);
        ModelFamily family = ModelFamily.of(label);
        Tokenizer tokenizer = Tokenizer.open(label, files.tokenizer());
        try {
            EmbeddingSession session = open(label, files, family);
            return new OnnxModel(
                    new ModelFacts(label, files.version(), family.maxTokens(), quantised), tokenizer, session);
        } catch (LoadFailure | RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    private EmbeddingSession open(String label, ModelFiles files, ModelFamily family) throws LoadFailure {
        try {
            EmbeddingSession session = EmbeddingSession.open(files.model(), family.pooling(), threads);
            if (!session.takesTokens()) {
                session.close();
                throw LoadFailure.permanent(
                        "model " + label + ": " + files.model()
                                + " has no input input_ids; name a text embedding model",
                        null);
            }
            return session;
        } catch (OrtException | IllegalArgumentException e) {
            if (OnnxFailures.isOutOfMemory(e)) {
                throw LoadFailure.retryable(
                        "model " + label + ": the machine has no memory left for " + files.model(), e);
            }
            throw LoadFailure.permanent(
                    "model " + label + ": ONNX Runtime cannot read " + files.model() + " (" + OnnxFailures.reason(e)
                            + "); replace it by the model's own file",
                    e);
        }
    }

    private static String storeName(ModelRequest model) {
        boolean complete = model.version().isEmpty() || model.label().indexOf(':') >= 0;
        return complete ? model.label() : model.label() + ":" + model.version();
    }

    /** Covers every model measured so far: weights with their copies, and what a session needs besides. */
    private static long predict(long modelBytes) {
        return Math.round(1.15 * modelBytes) + 16_000_000;
    }
}
