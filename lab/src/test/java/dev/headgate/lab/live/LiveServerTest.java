package dev.headgate.lab.live;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.workload.Fleet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveServerTest {
    private final Trace trace = LiveTraces.questions(3, 1_000, 11);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final LiveServer server = LiveServer.start(2);
    private final LiveService service = new LiveService(
            trace, EngineConstants.H100, Fleet.of(2), 1, new RunClock(System::nanoTime, System.nanoTime()), 0);

    @BeforeEach
    void begin() {
        server.serve(service);
    }

    @AfterEach
    void end() {
        server.close();
        service.close();
        client.close();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.ports().get(1) + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String body(int r) {
        String request = new String(ChatBodies.all("h", ChatBodies.MODEL, trace, 16)[r], US_ASCII);
        return request.substring(request.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void anAnswerHasATokenPerEventItsUsageAndAnEnd() throws IOException, InterruptedException {
        HttpResponse<String> answer = post("/v1/chat/completions", body(0));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().split("\"content\":\" token\"", -1)).hasSize(trace.output(0) + 1);
        assertThat(answer.body())
                .contains("\"finish_reason\":\"stop\"")
                .contains("\"prompt_tokens\":" + trace.input(0) + ",\"completion_tokens\":" + trace.output(0))
                .endsWith("data: [DONE]\n\n");
        service.close();
        assertThat(service.states().replica[0]).isEqualTo(1);
        assertThat(service.cameMicros(0)).isNotNegative();
    }

    @Test
    void eachRequestIsServedOnce() throws IOException, InterruptedException {
        assertThat(post("/v1/chat/completions", body(1)).statusCode()).isEqualTo(200);
        HttpResponse<String> again = post("/v1/chat/completions", body(1));
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).contains("user: 1 again (expected: each request once)");
    }

    @Test
    void whatIsNotInTheTraceIsRefused() throws IOException, InterruptedException {
        assertThat(post("/v1/chat/completions", body(0).replace("block", "stone"))
                        .body())
                .contains("messages: not the prompt of request 0");
        assertThat(post("/v1/chat/completions", body(0).replace("\"user\":\"0\"", "\"user\":\"7\""))
                        .body())
                .contains("user: 7 (expected: a request from 0 to 2)");
        assertThat(post("/v1/chat/completions", "{").body()).contains("stream: false (expected: true)");
        assertThat(post("/v1/embeddings", "{}").statusCode()).isEqualTo(404);
    }
}
