package dev.headgate.worker;

import dev.headgate.worker.engine.LoadedModel;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.State;
import dev.headgate.worker.protocol.Tier;
import org.jspecify.annotations.Nullable;

/** One label on this worker, loading or ready. Owned by {@link ResidentModels}. */
final class Resident {
    private final String label;
    private final long sizeBytes;
    private String version;
    private @Nullable LoadedModel model;
    private long loadMicros;
    private boolean firstUse = true;
    private int users;
    private boolean leaving;

    Resident(String label, String version, long sizeBytes) {
        this.label = label;
        this.version = version;
        this.sizeBytes = sizeBytes;
    }

    String label() {
        return label;
    }

    String version() {
        return version;
    }

    /** Returns the model; only once it is ready. */
    LoadedModel model() {
        LoadedModel loaded = model;
        if (loaded == null) {
            throw new IllegalStateException("model " + label + " is still loading");
        }
        return loaded;
    }

    boolean isReady() {
        return model != null;
    }

    boolean isIdle() {
        return users == 0;
    }

    boolean isLeaving() {
        return leaving;
    }

    /** Lets no new task in; the model goes when the last one has ended. */
    void leave() {
        leaving = true;
    }

    void ready(LoadedModel loaded, long micros) {
        model = loaded;
        loadMicros = micros;
        if (version.isEmpty()) {
            version = loaded.version();
        }
    }

    /** Counts a user and returns the load time in microseconds that it is the first to profit from, else zero. */
    long use() {
        users++;
        long micros = firstUse ? loadMicros : 0;
        firstUse = false;
        return micros;
    }

    void unuse() {
        users--;
    }

    ModelState state() {
        return state(isReady() ? State.READY : State.LOADING).build();
    }

    ModelState.Builder state(State state) {
        return ModelState.newBuilder()
                .setLabel(label)
                .setVersion(version)
                .setState(state)
                .setTier(Tier.MEMORY)
                .setSizeBytes(sizeBytes)
                .setLoadMs((int) Math.min(Integer.MAX_VALUE, loadMicros / 1000));
    }
}
