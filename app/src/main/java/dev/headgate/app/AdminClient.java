package dev.headgate.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Talks to the admin address of a running gateway. Close it also to break off what is being read. */
final class AdminClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A router may be compiled and started before the answer comes. */
    private static final Duration CHANGE_PATIENCE = Duration.ofSeconds(30);

    private static final int UNAUTHORIZED = 401;
    private static final int LONGEST_QUOTE = 500;

    private final URI admin;
    private final Optional<String> token;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    AdminClient(URI admin, Optional<Path> tokenFile) {
        this.admin = admin;
        this.token = tokenFile.map(AdminClient::token);
    }

    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw CommandException.wrongUse("--token-file: " + file + " (expected: a file that can be read)");
        }
    }

    HttpResponse<String> get(String path) throws InterruptedException {
        return get(path, HttpResponse.BodyHandlers.ofString());
    }

    <T> HttpResponse<T> get(String path, HttpResponse.BodyHandler<T> body) throws InterruptedException {
        return send(path, HttpRequest.Builder::GET, body);
    }

    HttpResponse<String> put(String path, String json) throws InterruptedException {
        return send(
                path,
                request -> request.timeout(CHANGE_PATIENCE).PUT(HttpRequest.BodyPublishers.ofString(json)),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> delete(String path) throws InterruptedException {
        return send(path, request -> request.timeout(CHANGE_PATIENCE).DELETE(), HttpResponse.BodyHandlers.ofString());
    }

    private <T> HttpResponse<T> send(
            String path, UnaryOperator<HttpRequest.Builder> what, HttpResponse.BodyHandler<T> body)
            throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(admin.resolve(path));
        token.ifPresent(shown -> request.header("authorization", "Bearer " + shown));
        try {
            return client.send(what.apply(request).build(), body);
        } catch (IOException e) {
            throw CommandException.wrongUse("--admin: " + admin
                    + " (expected: the admin address of a running gateway, which serve prints after \"admin on\")");
        }
    }

    /** Returns what an answer that is an error says. */
    static String sentence(HttpResponse<String> answer) {
        return sentence(answer.statusCode(), answer.body());
    }

    static String sentence(int status, String body) {
        return said(status, body) + (status == UNAUTHORIZED ? " (--token-file names a file with it)" : "");
    }

    private static String said(int status, String body) {
        try {
            JsonNode answer = new JsonMapper().readTree(body);
            JsonNode error = answer.path("error");
            String message = error.isTextual()
                    ? error.asText()
                    : error.path("message").asText(answer.path("message").asText());
            if (!message.isEmpty()) {
                return message;
            }
        } catch (JsonProcessingException e) {
            // then it is quoted as it is
        }
        return "the admin address answered " + status + ": "
                + body.substring(0, Math.min(body.length(), LONGEST_QUOTE));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
