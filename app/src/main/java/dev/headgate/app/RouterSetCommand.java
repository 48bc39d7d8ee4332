package dev.headgate.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Gives a pool of a running server another router. */
@Command(
        name = "set",
        description = "Give a pool of a running server another router, until it ends or its file says otherwise.")
final class RouterSetCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(names = "--pool", paramLabel = "POOL", required = true, description = "The pool, which has a router.")
    private String pool = "";

    @Option(names = "--policy", paramLabel = "NAME", description = "A built-in policy.")
    private Optional<String> policy = Optional.empty();

    @Option(names = "--class", paramLabel = "CLASS", description = "A class on the server's class path, or in the jar.")
    private Optional<String> className = Optional.empty();

    @Option(names = "--jar", paramLabel = "FILE", description = "A jar, which the server reads.")
    private Optional<Path> jar = Optional.empty();

    @Option(names = "--source", paramLabel = "FILE", description = "A .java file, which the server reads and compiles.")
    private Optional<Path> source = Optional.empty();

    @Option(names = "--with", paramLabel = "KEY=VALUE", description = "A parameter; may be repeated.")
    private Map<String, String> with = Map.of();

    @Option(names = "--admin", paramLabel = "URL", description = "The server's admin. Default http://127.0.0.1:8081.")
    private URI admin = URI.create("http://127.0.0.1:8081");

    @Option(names = "--token-file", paramLabel = "FILE", description = "A file with the admin's token.")
    private Optional<Path> tokenFile = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (Stream.of(policy, className, jar, source).allMatch(Optional::isEmpty)) {
            throw CommandException.wrongUse("no router (expected: --policy, --class, --jar or --source)");
        }
        HttpResponse<String> answer;
        try (HttpClient http = HttpClient.newHttpClient()) {
            answer = http.send(request(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw CommandException.failed("--admin: " + admin + " does not answer (" + e
                    + ") (expected: the address that serve prints after \"admin on\")");
        }
        if (answer.statusCode() != 200) {
            throw CommandException.failed(reason(answer));
        }
        spec.commandLine().getOut().println(answer.body());
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw CommandException.wrongUse("--token-file: " + file + " (expected: a file that can be read)");
        }
    }

    private HttpRequest request() {
        String path = "/admin/pools/"
                + URLEncoder.encode(pool, StandardCharsets.UTF_8).replace("+", "%20")
                + "/router";
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(admin.resolve(path));
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUse("--admin: " + admin + " (expected: http://HOST:PORT)");
        }
        tokenFile.ifPresent(file -> request.header("authorization", "Bearer " + token(file)));
        return request.timeout(PATIENCE)
                .PUT(HttpRequest.BodyPublishers.ofString(router().toString()))
                .build();
    }

    private ObjectNode router() {
        ObjectNode router = JSON.createObjectNode();
        policy.ifPresent(name -> router.put("policy", name));
        className.ifPresent(name -> router.put("class", name));
        jar.ifPresent(file -> router.put("jar", file.toAbsolutePath().toString()));
        source.ifPresent(file -> router.put("source", file.toAbsolutePath().toString()));
        if (!with.isEmpty()) {
            ObjectNode parameters = router.putObject("with");
            with.forEach(parameters::put);
        }
        return router;
    }

    /** Returns what the server says is wrong. */
    private static String reason(HttpResponse<String> answer) throws IOException {
        JsonNode error =
                answer.body().startsWith("{") ? JSON.readTree(answer.body()).path("error") : JSON.nullNode();
        String sentence =
                error.isTextual() ? error.asText() : error.path("message").asText(answer.body());
        return answer.statusCode() + ": " + sentence;
    }
}
