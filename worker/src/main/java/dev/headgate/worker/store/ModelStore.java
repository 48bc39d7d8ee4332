package dev.headgate.worker.store;

import dev.headgate.worker.engine.LoadFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Resolves labels to model files: directories in the order given, then the Maven catalogue.
 *
 * <p>Thread-safe, also between processes that share a cache.
 */
public final class ModelStore {
    /** The models an installation fetches first: small, quantised, and of three families. */
    public static final List<String> DEFAULT_LABELS =
            List.of("all-minilm-l6-v2-q", "bge-small-en-v15-q", "e5-small-v2-q");

    private final List<ModelSource> sources;

    private ModelStore(List<ModelSource> sources) {
        this.sources = List.copyOf(sources);
    }

    /** Returns a store that reads {@code directories} and then the catalogue, cached at the default place. */
    public static ModelStore open(List<Path> directories) {
        return open(directories, defaultCacheRoot());
    }

    /** Returns a store that reads {@code directories} and then the catalogue, cached below {@code cacheRoot}. */
    public static ModelStore open(List<Path> directories, Path cacheRoot) {
        return open(directories, cacheRoot, "mvn");
    }

    /** Returns a store that reads {@code directories} and nothing else. */
    public static ModelStore openWithoutCatalogue(List<Path> directories) {
        return new ModelStore(
                directories.stream().<ModelSource>map(DirectorySource::new).toList());
    }

    /** Returns a store whose fetches run the program {@code mvn}. */
    static ModelStore open(List<Path> directories, Path cacheRoot, String mvn) {
        List<ModelSource> sources = new ArrayList<>();
        directories.forEach(directory -> sources.add(new DirectorySource(directory)));
        sources.add(new MavenSource(cacheRoot, mvn));
        return new ModelStore(sources);
    }

    /** Returns HEADGATE_CACHE, else headgate below XDG_CACHE_HOME, else below ~/.cache. */
    public static Path defaultCacheRoot() {
        String own = System.getenv("HEADGATE_CACHE");
        if (own != null && !own.isBlank()) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches = xdg != null && !xdg.isBlank() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return caches.resolve("headgate");
    }

    /** Returns every label a source knows, sorted, fetched or not. */
    public List<String> labels() {
        return sources.stream()
                .flatMap(source -> source.labels().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * Returns the files of {@code label}, fetching them first if they are not on this machine. Blocks.
     *
     * @param progress receives one line when a fetch starts and one when it ends
     */
    public ModelFiles ensure(String label, Consumer<String> progress) throws LoadFailure, InterruptedException {
        ModelName name = ModelName.parse(label);
        return source(label, name).ensure(name, progress);
    }

    /** Returns the size in bytes of the label's graph, known before it is fetched. */
    public long modelBytes(String label) throws LoadFailure {
        ModelName name = ModelName.parse(label);
        return source(label, name).modelBytes(name);
    }

    private ModelSource source(String label, ModelName name) throws LoadFailure {
        for (ModelSource source : sources) {
            if (source.knows(name)) {
                return source;
            }
        }
        throw LoadFailure.permanent(
                "model " + label + " is unknown: neither a model directory nor the catalogue has it; known are "
                        + String.join(", ", labels()),
                null);
    }
}
