package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An example of the tree, served with fakes in the place of its backends. */
final class Fakes implements AutoCloseable {
    private static final Pattern BACKEND = Pattern.compile("(id: ([a-z0-9-]+),?\\s+url: \")https?://[^/\"]+");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)}");

    private final Map<String, FakeBackend> backends;
    private final ServerProcess server;

    private Fakes(Map<String, FakeBackend> backends, ServerProcess server) {
        this.backends = backends;
        this.server = server;
    }

    /** Serves {@code examples/NAME.yaml}, written to {@code folder}; a variable's value is its name in lower case. */
    static Fakes serve(String name, Path folder) throws IOException, InterruptedException {
        String text = Files.readString(SourceTree.ROOT.resolve("examples").resolve(name + ".yaml"));
        Map<String, FakeBackend> backends = new LinkedHashMap<>();
        StringBuilder config = new StringBuilder();
        Matcher backend = BACKEND.matcher(text);
        while (backend.find()) {
            FakeBackend fake = FakeBackend.start(backend.group(2));
            backends.put(backend.group(2), fake);
            backend.appendReplacement(config, Matcher.quoteReplacement(backend.group(1) + fake.url()));
        }
        backend.appendTail(config);
        Map<String, String> environment = new HashMap<>();
        VARIABLE.matcher(text)
                .results()
                .forEach(variable ->
                        environment.put(variable.group(1), variable.group(1).toLowerCase(Locale.ROOT)));
        Path file = Files.writeString(folder.resolve(name + ".yaml"), config);
        assertThat(backends).as("backends of %s", name).isNotEmpty();
        return new Fakes(backends, ServerProcess.start(environment, "--admin-port", "0", "--config", file.toString()));
    }

    FakeBackend backend(String id) {
        return Objects.requireNonNull(backends.get(id), id);
    }

    /** Asks for a chat completion of {@code model}, in OpenAI's language. */
    Answer chat(String model) {
        return server.post(
                "/v1/chat/completions",
                ServerProcess.json(
                        Map.of("model", model, "messages", List.of(Map.of("role", "user", "content", "hi")))));
    }

    /** The same in Azure's. */
    Answer azureChat(String deployment) {
        return server.post(
                "/openai/deployments/" + deployment + "/chat/completions?api-version=2024-10-21",
                ServerProcess.json(Map.of("messages", List.of(Map.of("role", "user", "content", "hi")))));
    }

    /** Asks for a streamed chat completion. */
    Answer streamedChat(String model) {
        return server.post(
                "/v1/chat/completions",
                ServerProcess.json(Map.of(
                        "model", model, "stream", true, "messages", List.of(Map.of("role", "user", "content", "hi")))));
    }

    @Override
    public void close() {
        server.close();
        backends.values().forEach(FakeBackend::close);
    }
}
