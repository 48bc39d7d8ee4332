package dev.headgate.worker;

import dev.headgate.worker.engine.Engine;
import dev.headgate.worker.engine.LoadFailure;
import dev.headgate.worker.engine.LoadedModel;
import dev.headgate.worker.engine.ModelRequest;
import dev.headgate.worker.protocol.LoadModel;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.ModelsHash;
import dev.headgate.worker.protocol.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models this worker holds; it is the truth about them.
 *
 * <p>Owned by the worker's serial executor. Loading and dropping happen one after the other on the loader, so memory that
 * an eviction frees is free before the load that asked for it begins. Commands are idempotent.
 */
final class ResidentModels {
    private static final Logger LOG = LoggerFactory.getLogger(ResidentModels.class);

    private final Engine engine;
    private final MemoryLedger ledger;
    private final Executor loader;
    private final Executor owner;
    private final Consumer<ModelState> announce;
    private final Map<String, Resident> byLabel = new LinkedHashMap<>();
    private final ModelsHash hash = new ModelsHash();

    ResidentModels(Engine engine, MemoryLedger ledger, Executor loader, Executor owner, Consumer<ModelState> announce) {
        this.engine = engine;
        this.ledger = ledger;
        this.loader = loader;
        this.owner = owner;
        this.announce = announce;
    }

    /** Drops the models the command names, unless tasks run on them, and then loads its label. */
    void load(LoadModel command) {
        command.getEvictList().forEach(this::evict);
        Resident present = byLabel.get(command.getLabel());
        if (present != null) {
            announce.accept(present.state());
            return;
        }
        ModelRequest request =
                new ModelRequest(command.getLabel(), command.getVersion(), Math.max(0, command.getSizeBytes()));
        long bytes;
        try {
            bytes = engine.predictBytes(request);
        } catch (LoadFailure failure) {
            fail(request, failure.sentence(), failure.isRetryable());
            return;
        }
        Optional<String> refusal = ledger.reserve(request.label(), bytes);
        if (refusal.isPresent()) {
            fail(request, refusal.get(), ledger.couldHold(bytes));
            return;
        }
        Resident loading = new Resident(request.label(), request.version(), bytes);
        byLabel.put(request.label(), loading);
        announce.accept(loading.state());
        loader.execute(() -> loadNow(request, loading));
    }

    /** Drops a model as soon as no task runs on it. */
    void unload(String label) {
        Resident resident = byLabel.get(label);
        if (resident == null) {
            announce.accept(ModelState.newBuilder()
                    .setLabel(label)
                    .setState(State.UNLOADED)
                    .build());
            return;
        }
        resident.leave();
        dropIfDue(resident);
    }

    /** Returns the label's model if tasks may run on it. */
    @Nullable
    Resident ready(String label) {
        Resident resident = byLabel.get(label);
        return resident != null && resident.isReady() && !resident.isLeaving() ? resident : null;
    }

    /** Takes note that a task on the model has ended. */
    void release(Resident resident) {
        resident.unuse();
        dropIfDue(resident);
    }

    /** Returns what a dispatcher that knows nothing must be told: what is held, and the size of what could be. */
    List<ModelState> states() {
        List<ModelState> states = new ArrayList<>();
        byLabel.values().forEach(resident -> states.add(resident.state()));
        for (String label : engine.labels()) {
            if (!byLabel.containsKey(label)) {
                absent(label).ifPresent(states::add);
            }
        }
        return states;
    }

    private Optional<ModelState> absent(String label) {
        try {
            return Optional.of(ModelState.newBuilder()
                    .setLabel(label)
                    .setState(State.UNLOADED)
                    .setSizeBytes(engine.predictBytes(new ModelRequest(label, "", 0)))
                    .build());
        } catch (LoadFailure failure) {
            LOG.warn("{}", failure.sentence());
            return Optional.empty();
        }
    }

    long hash() {
        return hash.value();
    }

    long usedBytes() {
        return ledger.usedBytes();
    }

    /** Frees every idle model on the calling thread; for the end of the process. */
    void close() {
        byLabel.values().stream()
                .filter(Resident::isReady)
                .filter(Resident::isIdle)
                .forEach(resident -> resident.model().close());
        byLabel.clear();
    }

    private void evict(String label) {
        Resident resident = byLabel.get(label);
        if (resident != null && resident.isReady() && resident.isIdle()) {
            drop(resident);
        }
    }

    private void dropIfDue(Resident resident) {
        if (resident.isLeaving() && resident.isReady() && resident.isIdle()) {
            drop(resident);
        }
    }

    private void drop(Resident resident) {
        byLabel.remove(resident.label());
        ledger.release(resident.label());
        hash.toggle(resident.label(), resident.version());
        loader.execute(resident.model()::close);
        LOG.info("unloaded model={}", resident.label());
        announce.accept(resident.state(State.UNLOADED).build());
    }

    private void loadNow(ModelRequest request, Resident loading) {
        try {
            engine.fetch(request);
            long from = System.nanoTime();
            LoadedModel model = engine.load(request);
            long micros = (System.nanoTime() - from) / 1000;
            owner.execute(() -> loaded(loading, model, micros));
        } catch (LoadFailure failure) {
            owner.execute(() -> failed(request, failure.sentence(), failure.isRetryable()));
        } catch (OutOfMemoryError e) {
            owner.execute(() -> failed(request, "model " + request.label() + ": the Java heap is full", true));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            owner.execute(() -> failed(request, "model " + request.label() + ": the worker is ending", true));
        } catch (RuntimeException | LinkageError e) {
            LOG.error("load failed unexpectedly: model={}", request.label(), e);
            owner.execute(() -> failed(request, "model " + request.label() + ": " + e, false));
        }
    }

    private void loaded(Resident loading, LoadedModel model, long micros) {
        loading.ready(model, micros);
        hash.toggle(loading.label(), loading.version());
        LOG.info(
                "loaded model={} version={} loadMillis={} predictedBytes={}",
                loading.label(),
                loading.version(),
                micros / 1000,
                ledger.bytes(loading.label()));
        announce.accept(loading.state());
        dropIfDue(loading);
    }

    private void failed(ModelRequest request, String sentence, boolean retryable) {
        byLabel.remove(request.label());
        ledger.release(request.label());
        fail(request, sentence, retryable);
    }

    private void fail(ModelRequest request, String sentence, boolean retryable) {
        LOG.warn("{}", sentence);
        announce.accept(ModelState.newBuilder()
                .setLabel(request.label())
                .setVersion(request.version())
                .setState(State.FAILED)
                .setError(sentence)
                .setRetryable(retryable)
                .build());
    }
}
