package dev.headgate.worker.store;

import dev.headgate.worker.engine.LoadFailure;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One place models come from. */
sealed interface ModelSource permits DirectorySource, MavenSource {
    /** Returns the labels that {@link #find} or {@link #ensure} can produce, in no particular order. */
    List<String> labels();

    /** Returns whether this source is the one to ask for the model. */
    boolean knows(ModelName name);

    /** Returns the files if they are on this machine. */
    Optional<ModelFiles> find(ModelName name) throws LoadFailure;

    /** Returns the files of a model that it {@linkplain #knows knows}, fetching them first if need be. */
    ModelFiles ensure(ModelName name, Consumer<String> progress) throws LoadFailure, InterruptedException;

    /** Returns the size of the model file in bytes, exact or as the catalogue says. */
    long modelBytes(ModelName name) throws LoadFailure;
}
