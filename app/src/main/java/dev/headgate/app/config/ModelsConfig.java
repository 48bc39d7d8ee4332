package dev.headgate.app.config;

import java.util.List;

/**
 * Where models come from, the first source that has one wins.
 *
 * @param sources in order; none is the local Maven repository
 */
public record ModelsConfig(List<ModelSource> sources) {
    /** No source. */
    public static final ModelsConfig DEFAULT = new ModelsConfig(List.of());

    public ModelsConfig {
        sources = List.copyOf(sources);
    }

    /** Returns whether the published models can be asked for: without sources, or if the local repository is one. */
    public boolean hasCatalogue() {
        return sources.isEmpty() || sources.stream().anyMatch(source -> source instanceof ModelSource.LocalMaven);
    }
}
