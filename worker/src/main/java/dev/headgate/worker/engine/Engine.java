package dev.headgate.worker.engine;

import java.util.List;

/** Something that loads models and runs tasks on them. Thread-safe. */
public interface Engine extends AutoCloseable {
    /** Returns the name the dispatcher shows, for example {@code onnx}. */
    String name();

    /** Returns the task types this engine runs, sorted. */
    List<String> taskTypes();

    /** Returns the labels this engine can load, sorted; empty if it {@linkplain #loadsAnyLabel() loads any}. */
    List<String> labels();

    /** Returns whether a label that {@link #labels()} does not name can be loaded as well. */
    boolean loadsAnyLabel();

    /** Returns the most tasks worth running as one batch of {@link LoadedModel#run}; at least one. */
    int maxBatch();

    /** Returns the memory in bytes that the model will need, weights and session together. */
    long predictBytes(ModelRequest model) throws LoadFailure;

    /** Does early what the first load would otherwise pay for. Blocks; failures show at that load. */
    default void warmUp() {}

    /** Brings what a load needs to this machine, so that the load itself can be timed. Blocks, maybe for minutes. */
    default void fetch(ModelRequest model) throws LoadFailure, InterruptedException {}

    /** Loads a model. Blocks; an interrupt may end it early. */
    LoadedModel load(ModelRequest model) throws LoadFailure, InterruptedException;

    @Override
    default void close() {}
}
