package dev.headgate.worker.engine;

import java.util.List;

/** A model in memory. Thread-safe; closed only once no batch runs on it. */
public interface LoadedModel extends AutoCloseable {
    /** Returns the version that was loaded, empty if its source has none. */
    String version();

    /** Runs a batch and returns one outcome per task, in order. Blocks. */
    List<TaskOutcome> run(List<EngineTask> batch);

    @Override
    void close();
}
