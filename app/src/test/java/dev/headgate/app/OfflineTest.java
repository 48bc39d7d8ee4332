package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.worker.store.ModelFiles;
import dev.headgate.worker.store.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts servers that cannot fetch anything: there is no mvn on their path. */
class OfflineTest {
    @TempDir
    private Path folder;

    @Test
    void filledCacheIsAllThatIsNeeded() throws Exception {
        ModelStore store = ModelStore.open(List.of());
        for (String label : ModelStore.DEFAULT_LABELS) {
            store.ensure(label, _ -> {});
        }
        try (ServerProcess server = ServerProcess.start(environment(ModelStore.defaultCacheRoot()))) {
            server.awaitWorkers(2);
            for (String label : ModelStore.DEFAULT_LABELS) {
                assertThat(server.embed(label, "hello").status()).as(label).isEqualTo(200);
            }
        }
    }

    @Test
    void emptyCacheIsSaidInOneSentence() throws Exception {
        Path cache = folder.resolve("cache");
        try (HeadgateProcess process = HeadgateProcess.start(environment(cache), "serve", "--port", "0")) {
            assertThat(process.awaitExit()).isEqualTo(1);
            assertThat(process.out()).isEmpty();
            assertThat(process.err().stream().filter(line -> line.startsWith("headgate serve: ")))
                    .singleElement()
                    .asString()
                    .contains(ModelStore.DEFAULT_LABELS.getFirst(), "is not in the cache", "install Maven");
            assertThat(process.err()).noneMatch(line -> line.startsWith("\tat "));
        }
    }

    @Test
    void damagedModelOfTheCacheIsSaidInOneSentence() throws Exception {
        Path cache = cacheWithDamaged(ModelStore.DEFAULT_LABELS.getFirst());
        try (HeadgateProcess process = HeadgateProcess.start(environment(cache), "serve", "--port", "0")) {
            assertThat(process.awaitExit()).isEqualTo(1);
            assertThat(process.err())
                    .singleElement()
                    .asString()
                    .startsWith("headgate serve: ")
                    .contains(ModelStore.DEFAULT_LABELS.getFirst(), "model.onnx");
        }
    }

    /** Returns a cache that is the machine's own but for one byte of the model {@code label}. */
    private Path cacheWithDamaged(String label) throws Exception {
        ModelFiles own = ModelStore.open(List.of()).ensure(label, _ -> {});
        Path cached = folder.resolve("cache/models").resolve(label).resolve(own.version());
        Files.createDirectories(cached);
        for (String file : List.of("model.onnx", "tokenizer.json", "SHA256SUMS")) {
            Files.copy(own.model().resolveSibling(file), cached.resolve(file));
        }
        byte[] bytes = Files.readAllBytes(cached.resolve("model.onnx"));
        bytes[bytes.length / 2] ^= 1;
        Files.write(cached.resolve("model.onnx"), bytes);
        return folder.resolve("cache");
    }

    private Map<String, String> environment(Path cache) throws IOException {
        Path emptyPath = Files.createDirectories(folder.resolve("bin"));
        return Map.of("HEADGATE_CACHE", cache.toString(), "PATH", emptyPath.toString());
    }
}
