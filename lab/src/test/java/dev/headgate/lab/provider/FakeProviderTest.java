package dev.headgate.lab.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FakeProviderTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Conduct.Answer AT_ONCE = new Conduct.Answer(Duration.ZERO, Duration.ZERO, new Flaw.None());

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init") // set before each test
    private FakeProvider provider;

    @BeforeEach
    void start() throws IOException {
        provider = FakeProvider.start();
        provider.script("m", Script.always(AT_ONCE));
    }

    @AfterEach
    void stop() throws IOException {
        http.close();
        provider.close();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(provider.url() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private List<JsonNode> events(String path, String body) throws IOException, InterruptedException {
        return post(path, body)
                .body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> read(line.substring(6)))
                .toList();
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    void canonicalAnswerHasSixtyTokens() {
        assertThat(CanonicalAnswer.TOKENS).hasSize(60);
        assertThat(String.join("", CanonicalAnswer.TOKENS)).isEqualTo(CanonicalAnswer.TEXT);
    }

    @Test
    void answersOnOneConnectionWhetherStreamedOrNot() throws IOException, InterruptedException {
        JsonNode whole = json("/v1/chat/completions", "{\"model\":\"m\"}");
        List<JsonNode> streamed = events(
                "/v1/chat/completions",
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo(CanonicalAnswer.TEXT);
        assertThat(streamed).hasSize(60 + 3);
        assertThat(streamed.getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(streamed.getLast().path("usage")).isEqualTo(whole.path("usage"));
        assertThat(provider.acceptedConnections()).isEqualTo(1);
        assertThat(provider.tries("m")).hasSize(2);
    }

    @Test
    void deploymentInThePathIsTheModel() throws IOException, InterruptedException {
        JsonNode answer = json("/ai/openai/deployments/m/chat/completions?api-version=1", "{\"model\":\"stale\"}");
        assertThat(answer.path("model").asText()).isEqualTo("m");
    }

    @Test
    void responsesAreStreamedToTheirCompletion() throws IOException, InterruptedException {
        List<JsonNode> streamed = events("/v1/responses", "{\"model\":\"m\",\"stream\":true}");
        StringBuilder text = new StringBuilder();
        streamed.forEach(event -> text.append(event.path("delta").asText()));
        assertThat(text.toString()).isEqualTo(CanonicalAnswer.TEXT);
        assertThat(streamed.getLast().path("type").asText()).isEqualTo("response.completed");
        assertThat(streamed.getLast().at("/response/output/0/content/0/text").asText())
                .isEqualTo(CanonicalAnswer.TEXT);
    }

    @Test
    void vectorsAreTheSameInBothEncodings() throws IOException, InterruptedException {
        JsonNode floats = json("/v1/embeddings", "{\"model\":\"m\",\"input\":[\"a\",\"bc\"]}");
        JsonNode base64 =
                json("/v1/embeddings", "{\"model\":\"m\",\"input\":[\"a\",\"bc\"],\"encoding_format\":\"base64\"}");
        for (int i = 0; i < 2; i++) {
            byte[] bytes = Base64.getDecoder()
                    .decode(base64.at("/data/" + i + "/embedding").asText().getBytes(UTF_8));
            ByteBuffer vector = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (JsonNode component : floats.at("/data/" + i + "/embedding")) {
                assertThat(vector.getFloat()).isEqualTo((float) component.asDouble());
            }
            assertThat(vector.hasRemaining()).isFalse();
        }
    }

    @Test
    void modelThatIsGivenTheBeginningOfItsAnswerGoesOn() throws IOException, InterruptedException {
        String begun = CanonicalAnswer.TEXT.substring(0, 17);
        JsonNode answer = json(
                "/v1/chat/completions",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"content\":\"%s\"}]}".formatted(begun));
        assertThat(begun + answer.at("/choices/0/message/content").asText()).isEqualTo(CanonicalAnswer.TEXT);
    }

    @Test
    void unknownModelIsNotFoundAndNoTry() throws IOException, InterruptedException {
        assertThat(post("/v1/chat/completions", "{\"model\":\"other\"}").statusCode())
                .isEqualTo(404);
        assertThat(provider.tries("other")).isEmpty();
    }

    @Test
    @Timeout(30)
    void callerThatGoesIsNoticedWhileTheProviderIsSilent() throws IOException, InterruptedException {
        provider.script("silent", Script.always(new Conduct.Silence(Duration.ofMinutes(1))));
        String body = "{\"model\":\"silent\"}";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), provider.port())) {
            socket.getOutputStream()
                    .write(("POST /v1/chat/completions HTTP/1.1\r\ncontent-length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(UTF_8));
            while (provider.tries("silent").isEmpty()) {
                Thread.onSpinWait();
            }
        }
        while (provider.tries("silent").getFirst().state() == Try.State.RUNNING) {
            Thread.onSpinWait();
        }
        assertThat(provider.tries("silent").getFirst().state()).isEqualTo(Try.State.CALLER_GONE);
    }
}
