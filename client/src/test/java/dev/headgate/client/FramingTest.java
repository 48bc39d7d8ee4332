package dev.headgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.client.testing.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where an answer ends that does not say how long it is. */
@Timeout(30)
class FramingTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";

    private RawServer server;

    @BeforeEach
    void start() throws IOException {
        server = RawServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private ClientResponse send(String method, String path) throws IOException {
        try (FailoverClient client =
                FailoverClient.builder().backends(Backend.of(server.url(), 1)).build()) {
            ClientResponse response =
                    client.send(new ClientRequest(method, path, Fields.NONE, RequestBody.NONE, Duration.ZERO));
            response.body().readAll();
            return response;
        }
    }

    @Test
    void anAnswerToHeadHasNoBodyAndIsWhole() throws IOException {
        server.always((request, socket) -> {
            RawServer.send(socket, HEAD + "\r\n");
            return false;
        });
        assertThat(send("HEAD", "/v1/models").status()).isEqualTo(200);
    }

    @Test
    void anAnswerWithoutContentIsWhole() throws IOException {
        server.always((request, socket) -> {
            RawServer.send(socket, HEAD.replace("200 OK", "204 No Content") + "\r\n");
            return false;
        });
        assertThat(send("DELETE", "/v1/files/f").status()).isEqualTo(204);
        assertThat(send("GET", "/v1/files/f").status()).isEqualTo(204);
    }

    @Test
    void aCompressedDocumentIsNotJudgedByItsLastByte() throws IOException {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
            gzip.write("{\"ok\":true}".getBytes(StandardCharsets.UTF_8));
        }
        server.always((request, socket) -> {
            RawServer.send(socket, HEAD + "content-encoding: gzip\r\n\r\n");
            socket.getOutputStream().write(coded.toByteArray());
            return false;
        });
        assertThat(send("GET", "/v1/models").status()).isEqualTo(200);
        assertThat(send("DELETE", "/v1/files/f").status()).isEqualTo(200);
    }
}
