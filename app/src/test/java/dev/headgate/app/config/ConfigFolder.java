package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.headgate.gateway.relay.RelayOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A folder with a configuration and the files it may name, and the environment it is read in. */
record ConfigFolder(Path path) {
    /** The smallest configuration with a backend. */
    static final String ONE = "pools: {p: {backends: [{id: a, url: h}]}}";

    private static final Map<String, String> ENVIRONMENT =
            Map.of("EAST_KEY", "east-secret", "EMPTY", "", "BROKEN", "a\nsecret", "HOST", "west.example");

    ConfigFolder {
        try {
            Files.writeString(path.resolve("c.token"), "caller-secret\n");
            Files.writeString(path.resolve("west.key"), "west-secret\r\n");
            Files.writeString(path.resolve("two.key"), "one-secret\ntwo-secret\n");
            try (InputStream certificate =
                    Objects.requireNonNull(ConfigFolder.class.getResourceAsStream("certificate.pem"))) {
                Files.copy(certificate, path.resolve("cert.pem"));
            }
            // Nobody reads further than the first line here.
            Files.writeString(path.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file(String name) {
        return path.resolve(name);
    }

    ServeConfig read(String yaml) {
        return read(yaml, ListenFlags.NONE);
    }

    ServeConfig read(String yaml, ListenFlags flags) {
        return ServeConfigReader.read(write(yaml), flags, ENVIRONMENT::get);
    }

    /** Returns what is relayed to; fails if nothing is. */
    RelayOptions relay(String yaml) {
        return Objects.requireNonNull(read(yaml).relay());
    }

    /** Returns the problems of a configuration that has some, each from its line on. */
    List<String> problems(String yaml) {
        Path file = write(yaml);
        return catchThrowableOfType(ConfigException.class, () -> read(yaml)).problems().stream()
                .map(problem -> problem.substring(file.toString().length()))
                .toList();
    }

    private Path write(String yaml) {
        try {
            return Files.writeString(path.resolve("headgate.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
