package dev.headgate.worker.store;

import dev.headgate.worker.engine.LoadFailure;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Models in a directory: {@code NAME/model.onnx}, or with versions {@code NAME/VERSION/model.onnx}, where the highest
 * integer counts. The tokenizer stands beside the graph or beside the versions.
 */
record DirectorySource(Path directory) implements ModelSource {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");

    @Override
    public List<String> labels() {
        return children(directory)
                .map(DirectorySource::fileName)
                .filter(this::holds)
                .toList();
    }

    @Override
    public boolean knows(ModelName name) {
        return newest(name).isPresent();
    }

    @Override
    public Optional<ModelFiles> find(ModelName name) {
        return newest(name);
    }

    @Override
    public ModelFiles ensure(ModelName name, Consumer<String> progress) throws LoadFailure {
        return newest(name)
                .orElseThrow(() -> LoadFailure.permanent(
                        "model " + name.name() + ": " + directory.resolve(name.name())
                                + " holds no model.onnx; put one there",
                        null));
    }

    @Override
    public long modelBytes(ModelName name) throws LoadFailure {
        Path model = ensure(name, _ -> {}).model();
        try {
            return Files.size(model);
        } catch (IOException e) {
            throw LoadFailure.permanent(
                    "model " + name.name() + ": cannot read " + model + "; check its permissions", e);
        }
    }

    private boolean holds(String name) {
        try {
            return knows(ModelName.parse(name));
        } catch (LoadFailure e) {
            return false; // not a name that a task could use
        }
    }

    private Optional<ModelFiles> newest(ModelName name) {
        Path home = directory.resolve(name.name());
        Optional<ModelFiles> versioned = children(home)
                .filter(path -> VERSION.matcher(fileName(path)).matches())
                .filter(path -> name.version().isEmpty() || name.version().equals(fileName(path)))
                .filter(path -> Files.isRegularFile(path.resolve("model.onnx")))
                .max(Comparator.comparing(path -> new BigInteger(fileName(path))))
                .map(path -> files(name, fileName(path), path, home));
        boolean flat = name.version().isEmpty() && Files.isRegularFile(home.resolve("model.onnx"));
        return versioned.isPresent() || !flat ? versioned : Optional.of(files(name, "", home, home));
    }

    private static ModelFiles files(ModelName name, String version, Path directory, Path home) {
        Path beside = directory.resolve("tokenizer.json");
        Path tokenizer = Files.exists(beside) ? beside : home.resolve("tokenizer.json");
        return new ModelFiles(name.name(), version, directory.resolve("model.onnx"), tokenizer);
    }

    private static Stream<Path> children(Path parent) {
        try (Stream<Path> listed = Files.list(parent)) {
            return listed.filter(Files::isDirectory).toList().stream();
        } catch (IOException e) {
            return Stream.empty(); // no such directory: no models
        }
    }

    private static String fileName(Path path) {
        return String.valueOf(path.getFileName());
    }
}
