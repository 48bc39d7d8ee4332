package dev.headgate.client.jdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.testing.ChatServer;
import dev.headgate.client.testing.FirstToken;
import dev.headgate.client.testing.RawServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream begins as soon as it would with the JDK's own client. */
@Timeout(120)
class StreamStartTest {
    @Test
    void theFirstTokenComesWithinTwoMillisecondsOfADirectCalls() throws IOException {
        try (RawServer server = ChatServer.saying("one ", "two ", "three");
                FailoverClient failover = FailoverClient.builder()
                        .backends(Backend.of(server.url(), 1))
                        .build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/v1/chat/completions"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"model\":\"m\",\"stream\":true,\"messages\":[]}"))
                    .build();
            HttpClient direct =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            HttpClient ours = FailoverHttpClient.over(failover);
            FirstToken.comesInTime(() -> millisToFirstToken(direct, request), () -> millisToFirstToken(ours, request));
        }
    }

    private static double millisToFirstToken(HttpClient client, HttpRequest request) {
        long began = System.nanoTime();
        long token = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                client.send(request, BodyHandlers.ofInputStream()).body(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                token = token == 0 && line.contains("\"one \"") ? System.nanoTime() : token;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return (token - began) / 1e6;
    }
}
