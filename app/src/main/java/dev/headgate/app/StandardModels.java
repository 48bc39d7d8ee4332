package dev.headgate.app;

import dev.headgate.worker.engine.LoadFailure;
import dev.headgate.worker.store.ModelStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** The models that the server has at hand from its first start; others are fetched when they are first asked for. */
final class StandardModels {
    private StandardModels() {}

    /** Fetches those that are not there yet and tells {@code progress}. */
    static void fetch(List<Path> folders, PrintWriter progress) throws InterruptedException {
        fetch(ModelStore.open(folders), ModelStore.DEFAULT_LABELS, progress);
    }

    /** Fetches those of {@code labels} that are not there yet and tells {@code progress}. */
    static void fetch(ModelStore store, List<String> labels, PrintWriter progress) throws InterruptedException {
        try {
            for (String label : labels) {
                store.ensure(label, line -> {
                    progress.println("headgate: " + line);
                    progress.flush();
                });
            }
        } catch (LoadFailure e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        }
    }
}
