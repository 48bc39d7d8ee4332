package dev.headgate.lab.rival;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.lab.load.LoadTarget;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A gateway to be measured beside. */
public enum Rival {
    /** Debian's nginx. */
    NGINX("nginx.conf") {
        @Override
        Optional<Path> program(Path folder) {
            return onPath("nginx");
        }

        @Override
        List<String> command(Path program, Place place) {
            return List.of(
                    program.toString(),
                    "-p",
                    place.folder().toString(),
                    "-c",
                    place.config().toString());
        }
    },
    /** Debian's HAProxy. */
    HAPROXY("haproxy.cfg") {
        @Override
        Optional<Path> program(Path folder) {
            return onPath("haproxy");
        }

        @Override
        List<String> command(Path program, Place place) {
            return List.of(program.toString(), "-db", "-f", place.config().toString());
        }
    },
    /** Envoy as packaged for Python. */
    ENVOY("envoy.yaml") {
        @Override
        Optional<Path> program(Path folder) {
            return installed(folder.resolve("envoy/bin/envoy"));
        }

        @Override
        List<String> command(Path program, Place place) {
            return List.of(
                    program.toString(),
                    "--concurrency",
                    "1",
                    "-l",
                    "error",
                    "-c",
                    place.config().toString());
        }
    },
    /** Portkey's open gateway; its configuration is a header of each request. */
    PORTKEY("portkey.json") {
        @Override
        Optional<Path> program(Path folder) {
            return installed(folder.resolve("portkey/node_modules/@portkey-ai/gateway/build/start-server.js"));
        }

        @Override
        List<String> command(Path program, Place place) {
            return List.of("node", program.toString(), "--headless", "--port=" + place.port());
        }

        @Override
        Map<String, String> headers(Place place) throws IOException {
            String config = Files.readString(place.config()).replaceAll("\\s+", "");
            return Map.of("x-portkey-config", config, "authorization", "Bearer lab");
        }
    },
    /** LiteLLM's proxy. */
    LITELLM("litellm.yaml") {
        @Override
        Optional<Path> program(Path folder) {
            return installed(folder.resolve("litellm/bin/litellm"));
        }

        @Override
        List<String> command(Path program, Place place) {
            return List.of(
                    program.toString(),
                    "--config",
                    place.config().toString(),
                    "--host",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(place.port()),
                    "--num_workers",
                    "1");
        }

        @Override
        Map<String, String> environment() {
            return Map.of("LITELLM_MODE", "PRODUCTION", "LITELLM_LOG", "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP", "True");
        }
    };

    private final String configName;

    Rival(String configName) {
        this.configName = configName;
    }

    /** Returns the rival of that name, as in {@code nginx}. */
    public static Optional<Rival> named(String name) {
        return Arrays.stream(values())
                .filter(rival -> rival.toString().equals(name))
                .findFirst();
    }

    /** Returns the script that installs all of them under the folder that is its argument. */
    public static String setUpScript() throws IOException {
        return resource("set-up");
    }

    /** Returns Headgate's own configuration in this field, with {@code upstreamPort} filled in. */
    public static String headgateConfig(int upstreamPort) throws IOException {
        return resource("headgate.yaml").replace("${upstream}", Integer.toString(upstreamPort));
    }

    /** Returns the program, if it is installed; {@code folder} is where the set-up puts what is not Debian's. */
    abstract Optional<Path> program(Path folder);

    abstract List<String> command(Path program, Place place);

    Map<String, String> headers(Place place) throws IOException {
        return Map.of("authorization", "Bearer lab");
    }

    Map<String, String> environment() {
        return Map.of();
    }

    /** Writes its configuration into {@code folder}, made for these ports. */
    Place prepare(Path folder, int port, int upstreamPort) throws IOException {
        String config = resource(configName)
                .replace("${dir}", folder.toString())
                .replace("${port}", Integer.toString(port))
                .replace("${upstream}", Integer.toString(upstreamPort));
        return new Place(folder, Files.writeString(folder.resolve(configName), config), port);
    }

    LoadTarget target(Place place) throws IOException {
        return new LoadTarget(URI.create("http://127.0.0.1:" + place.port() + "/v1"), headers(place));
    }

    /** Returns its name as on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where a rival runs. */
    record Place(Path folder, Path config, int port) {}

    private static Optional<Path> onPath(String program) {
        // Servers stand where an ordinary user's path does not look.
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
        return Arrays.stream(path.split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> installed(Path program) {
        return Optional.of(program).filter(Files::exists);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Rival.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
