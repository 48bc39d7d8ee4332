package dev.headgate.worker.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import dev.headgate.worker.engine.EngineTask;
import dev.headgate.worker.engine.LoadedModel;
import dev.headgate.worker.engine.TaskOutcome;
import dev.headgate.worker.engine.TaskOutcome.Failed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An embedding model in memory.
 *
 * <p>The texts of all tasks of a batch are run together where the graph allows it: a dynamically quantised graph scales
 * its activations over the whole batch, so there a text's vector would depend on its neighbours.
 */
final class OnnxModel implements LoadedModel {
    /** What {@link #run} has made of one task so far: an outcome already, or prepared texts. */
    private sealed interface Step {
        record Done(TaskOutcome outcome) implements Step {}

        record Prepared(EngineTask task, TextParameters parameters, List<long[]> ids, long tokenizeNanos)
                implements Step {}
    }

    /**
     * Text beyond this many characters per token is not tokenised: it took 15 s for 10 MB without a space. The longest
     * word that WordPiece takes apart has 100 characters.
     */
    private static final int MAX_CHARS_PER_TOKEN = 128;

    private final String label;
    private final String version;
    private final int maxTokens;
    private final boolean oneAtATime;
    private final Tokenizer tokenizer;
    private final EmbeddingSession session;

    OnnxModel(ModelFacts facts, Tokenizer tokenizer, EmbeddingSession session) {
        this.label = facts.label();
        this.version = facts.version();
        this.maxTokens = facts.maxTokens();
        this.oneAtATime = facts.isQuantised();
        this.tokenizer = tokenizer;
        this.session = session;
    }

    /** What is known about a model besides its weights. */
    record ModelFacts(String label, String version, int maxTokens, boolean isQuantised) {}

    @Override
    public String version() {
        return version;
    }

    @Override
    public List<TaskOutcome> run(List<EngineTask> batch) {
        List<Step> steps = batch.stream().map(this::prepare).toList();
        List<Step.Prepared> prepared = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Step.Prepared ready) {
                prepared.add(ready);
            }
        }
        List<TaskOutcome> embedded = prepared.isEmpty() ? List.of() : embed(prepared);
        List<TaskOutcome> outcomes = new ArrayList<>();
        int next = 0;
        for (Step step : steps) {
            outcomes.add(step instanceof Step.Done done ? done.outcome() : embedded.get(next++));
        }
        return outcomes;
    }

    @Override
    public void close() {
        session.close();
        tokenizer.close();
    }

    private Step prepare(EngineTask task) {
        if (task.cancellation().isCancelled()) {
            return new Step.Done(new TaskOutcome.Cancelled());
        }
        TextParameters parameters;
        try {
            parameters = TextParameters.parse(task.parameters());
        } catch (IllegalArgumentException e) {
            return failed("invalid_parameters", String.valueOf(e.getMessage()));
        }
        long from = System.nanoTime();
        List<long[]> ids = new ArrayList<>();
        for (String text : parameters.texts()) {
            if (text.isEmpty() && parameters.strict()) {
                return failed("empty_text", "texts[" + ids.size() + "] is empty");
            }
            boolean isFarTooLong = text.length() > maxTokens * MAX_CHARS_PER_TOKEN;
            if (isFarTooLong && task.type().equals(OnnxEngine.EMBED_TEXTS) && !parameters.truncate()) {
                return failed(
                        "text_too_long",
                        "texts[" + ids.size() + "] has " + text.length() + " characters (expected: <= " + maxTokens
                                + " tokens)");
            }
            boolean isCut = isFarTooLong && task.type().equals(OnnxEngine.EMBED_TEXTS);
            ids.add(tokenizer.encode(isCut ? text.substring(0, maxTokens * MAX_CHARS_PER_TOKEN) : text));
        }
        long tokenizeNanos = System.nanoTime() - from;
        if (task.type().equals(OnnxEngine.TOKENIZE)) {
            return new Step.Done(
                    new TaskOutcome.Succeeded(EmbeddingJson.tokens(label, ids, maxTokens), tokenizeNanos / 1000));
        }
        return cut(task, parameters, ids, tokenizeNanos);
    }

    private Step cut(EngineTask task, TextParameters parameters, List<long[]> ids, long tokenizeNanos) {
        List<long[]> fitting = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            int tokens = ids.get(i).length;
            if (tokens > maxTokens && !parameters.truncate()) {
                return failed(
                        "text_too_long", "texts[" + i + "] has " + tokens + " tokens (expected: <= " + maxTokens + ")");
            }
            fitting.add(Truncation.cut(ids.get(i), maxTokens));
        }
        return new Step.Prepared(task, parameters, fitting, tokenizeNanos);
    }

    /** Runs all texts of all tasks; one task's cancellation alone does not stop a run that others wait for. */
    private List<TaskOutcome> embed(List<Step.Prepared> tasks) {
        List<long[]> texts = tasks.stream().flatMap(task -> task.ids().stream()).toList();
        float[][] vectors = new float[texts.size()][];
        try (Termination termination = new Termination(
                tasks.stream().map(task -> task.task().cancellation()).toList())) {
            for (int[] batch : Batches.of(texts, oneAtATime)) {
                if (termination.isDue()) {
                    return tasks.stream()
                            .map(task -> (TaskOutcome) new TaskOutcome.Cancelled())
                            .toList();
                }
                List<float[]> some =
                        run(Arrays.stream(batch).mapToObj(texts::get).toList(), termination.options());
                for (int i = 0; i < batch.length; i++) {
                    vectors[batch[i]] = some.get(i);
                }
            }
        } catch (OrtException | RuntimeException | OutOfMemoryError e) {
            return tasks.stream().map(task -> stopped(task.task(), e)).toList();
        }
        return outcomes(tasks, vectors);
    }

    private List<float[]> run(List<long[]> texts, OrtSession.RunOptions options) throws OrtException {
        return session.run(texts, options);
    }

    private List<TaskOutcome> outcomes(List<Step.Prepared> tasks, float[][] vectors) {
        List<TaskOutcome> outcomes = new ArrayList<>();
        int from = 0;
        for (Step.Prepared task : tasks) {
            int to = from + task.ids().size();
            outcomes.add(outcome(task, Arrays.asList(vectors).subList(from, to)));
            from = to;
        }
        return outcomes;
    }

    private TaskOutcome outcome(Step.Prepared task, List<float[]> vectors) {
        if (task.task().cancellation().isCancelled()) {
            return new TaskOutcome.Cancelled();
        }
        if (task.parameters().normalize()) {
            vectors.forEach(Pooling::normalize);
        }
        int dim = vectors.isEmpty() ? session.dim() : vectors.getFirst().length;
        long tokens = task.ids().stream().mapToLong(ids -> ids.length).sum();
        ByteString json = EmbeddingJson.embeddings(
                label, vectors, dim, tokens, task.parameters().base64());
        return new TaskOutcome.Succeeded(json, task.tokenizeNanos() / 1000);
    }

    private TaskOutcome stopped(EngineTask task, Throwable cause) {
        if (task.cancellation().isCancelled()) {
            return new TaskOutcome.Cancelled();
        }
        if (OnnxFailures.isOutOfMemory(cause)) {
            return new Failed(
                    "out_of_memory", "model " + label + ": no memory for this run; send fewer or shorter texts", true);
        }
        return new Failed("task_failed", "model " + label + ": " + OnnxFailures.reason(cause), false);
    }

    private static Step failed(String code, String message) {
        return new Step.Done(new Failed(code, message, false));
    }
}
