package dev.headgate.app.config;

import java.nio.file.Path;

/** A place that models come from. */
public sealed interface ModelSource {
    /** A folder in Triton's layout. */
    record Directory(Path path) implements ModelSource {}

    /** Jars with models in the local Maven repository. */
    record LocalMaven() implements ModelSource {}
}
