package dev.headgate.app;

import dev.headgate.worker.store.ModelStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The real models that a benchmark runs with. */
final class BenchModels {
    /** The five of the published comparison: sizes from 23 to 133 MB, so that loads differ in cost. */
    private static final List<String> FIVE =
            List.of("all-minilm-l6-v2", "all-minilm-l6-v2-q", "bge-small-en-v15", "bge-small-zh-v15", "e5-small-v2");

    private BenchModels() {}

    /** Returns {@code count} labels whose files are on this machine, after fetching what is missing. */
    static List<String> prepare(List<Path> folders, int count, PrintWriter progress) throws InterruptedException {
        ModelStore store = ModelStore.open(folders);
        List<String> labels = folders.isEmpty() ? FIVE : labels(folders);
        if (count > labels.size()) {
            throw CommandException.wrongUse("--labels: " + count + " (expected: <= " + labels.size() + ", the models "
                    + String.join(", ", labels) + ")");
        }
        List<String> chosen = labels.subList(0, count);
        StandardModels.fetch(store, chosen, progress);
        return chosen;
    }

    private static List<String> labels(List<Path> folders) {
        SortedSet<String> labels = new TreeSet<>();
        for (Path folder : folders) {
            try (Stream<Path> models = Files.list(folder)) {
                models.filter(Files::isDirectory)
                        .forEach(model -> labels.add(model.getFileName().toString()));
            } catch (IOException e) {
                throw CommandException.wrongUse("--models: " + folder + " (expected: a readable folder)");
            }
        }
        return List.copyOf(labels);
    }
}
