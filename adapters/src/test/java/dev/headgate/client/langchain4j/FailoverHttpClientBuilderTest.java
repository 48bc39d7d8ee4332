package dev.headgate.client.langchain4j;

import static dev.headgate.client.testing.RawServer.error;
import static dev.headgate.client.testing.RawServer.events;
import static dev.headgate.client.testing.RawServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.testing.RawServer;
import dev.headgate.client.testing.TwoBackends;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.DefaultServerSentEventParser;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FailoverHttpClientBuilderTest {
    private static final RawServer.Reply HELLO = json(
            200,
            "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                    + "\"message\":{\"role\":\"assistant\",\"content\":\"hello\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}");

    private TwoBackends backends;

    @BeforeEach
    void start() throws IOException {
        backends = TwoBackends.start();
        backends.first().always(HELLO);
        backends.second().always(HELLO);
    }

    @AfterEach
    void stop() throws IOException {
        backends.close();
    }

    private static OpenAiChatModel chat(FailoverHttpClientBuilder builder) {
        return OpenAiChatModel.builder()
                .httpClientBuilder(builder)
                .baseUrl("http://anywhere/v1")
                .apiKey("of-the-sdk")
                .modelName("m")
                .maxRetries(0)
                .build();
    }

    private OpenAiChatModel chat() {
        return chat(FailoverHttpClientBuilder.over(backends.client()));
    }

    private OpenAiStreamingChatModel streaming(FailoverClient client) {
        return OpenAiStreamingChatModel.builder()
                .httpClientBuilder(FailoverHttpClientBuilder.over(client))
                .baseUrl("http://anywhere/v1")
                .apiKey("of-the-sdk")
                .modelName("m")
                .build();
    }

    @Test
    void chatLeavesAThrottledBackend() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        assertThat(chat().chat("hi")).isEqualTo("hello");
        RawServer.Seen seen = backends.second().requests().get(0);
        assertThat(seen.target()).isEqualTo("/v1/chat/completions");
        assertThat(seen.fields())
                .containsEntry("authorization", "Bearer of-the-sdk")
                .doesNotContainKey("upgrade");
    }

    @Test
    void chatLeavesAFailingBackend() {
        backends.first().then(error(503, "overloaded"));
        assertThat(chat().chat("hi")).isEqualTo("hello");
    }

    @Test
    void chatLeavesAnUnreachableBackend() throws IOException {
        try (TwoBackends others = TwoBackends.withoutFirst()) {
            others.second().always(HELLO);
            assertThat(chat(FailoverHttpClientBuilder.over(others.client())).chat("hi"))
                    .isEqualTo("hello");
        }
    }

    @Test
    void whenAllAreThrottledTheModelSaysSo() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        backends.second().then(error(429, "rate_limit_exceeded", "retry-after", "40"));
        assertThatThrownBy(() -> chat().chat("hi"))
                .isInstanceOf(RateLimitException.class)
                .hasMessageContaining("throttled");
    }

    @Test
    void anAdvisedWaitIsWaitedIfItMayBe() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after-ms", "300"));
        backends.second().then(error(429, "rate_limit_exceeded", "retry-after-ms", "300"));
        FailoverHttpClientBuilder builder =
                FailoverHttpClientBuilder.over(backends.client()).waitUpTo(Duration.ofSeconds(20));
        assertThat(chat(builder).chat("hi")).isEqualTo("hello");
        assertThat(backends.first().requests()).hasSize(2);
    }

    @Test
    void aStreamWaitsAsWell() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after-ms", "300"), events("done", "a"));
        backends.second().then(error(429, "rate_limit_exceeded", "retry-after-ms", "300"), events("done", "a"));
        OpenAiStreamingChatModel model = OpenAiStreamingChatModel.builder()
                .httpClientBuilder(
                        FailoverHttpClientBuilder.over(backends.client()).waitUpTo(Duration.ofSeconds(20)))
                .baseUrl("http://anywhere/v1")
                .apiKey("k")
                .modelName("m")
                .build();
        assertThat(Told.by(model).whole()).isEqualTo("a");
    }

    @Test
    void aSilentBackendIsATimeout() {
        CountDownLatch over = new CountDownLatch(1);
        backends.first().always(silent(over));
        backends.second().always(silent(over));
        OpenAiChatModel model = OpenAiChatModel.builder()
                .httpClientBuilder(FailoverHttpClientBuilder.over(backends.client()))
                .baseUrl("http://anywhere/v1")
                .apiKey("k")
                .modelName("m")
                .timeout(Duration.ofMillis(300))
                .maxRetries(0)
                .build();
        assertThatThrownBy(() -> model.chat("hi"))
                .isInstanceOf(TimeoutException.class)
                .hasCauseInstanceOf(SocketTimeoutException.class);
        over.countDown();
    }

    @Test
    void aSilentStreamIsATimeoutTold() {
        CountDownLatch over = new CountDownLatch(1);
        backends.first().always(silent(over));
        OpenAiStreamingChatModel model = OpenAiStreamingChatModel.builder()
                .httpClientBuilder(FailoverHttpClientBuilder.over(backends.client()))
                .baseUrl("http://anywhere/v1")
                .apiKey("k")
                .modelName("m")
                .timeout(Duration.ofMillis(300))
                .build();
        assertThat(Told.by(model).failure()).isInstanceOf(TimeoutException.class);
        over.countDown();
    }

    private static RawServer.Reply silent(CountDownLatch over) {
        return (request, socket) -> {
            try {
                assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return false;
        };
    }

    @Test
    void streamingLeavesAThrottledBackend() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        backends.second().then(events("done", "one ", "two"));
        assertThat(Told.by(streaming(backends.client())).whole()).isEqualTo("one two");
    }

    @Test
    void streamingLeavesAFailingBackend() {
        backends.first().then(error(503, "overloaded"));
        backends.second().then(events("done", "one ", "two"));
        assertThat(Told.by(streaming(backends.client())).whole()).isEqualTo("one two");
    }

    @Test
    void streamingLeavesAnUnreachableBackend() throws IOException {
        try (TwoBackends others = TwoBackends.withoutFirst()) {
            others.second().then(events("done", "one ", "two"));
            assertThat(Told.by(streaming(others.client())).whole()).isEqualTo("one two");
        }
    }

    @Test
    void aCutStreamIsTakenUpAgain() {
        backends.first().then(events("cut", "one ", "two "));
        backends.second().then(events("done", "one ", "two ", "three"));
        Told told = Told.by(streaming(backends.client()));
        assertThat(told.whole()).isEqualTo("one two three");
        assertThat(String.join("", told.tokens)).isEqualTo("one two three");
    }

    @Test
    void aCutStreamThatCannotBeTakenUpEndsInOneError() {
        backends.first().then(events("cut", "one ", "two "));
        backends.second().then(events("done", "other", "words"));
        Told told = Told.by(streaming(backends.client()));
        assertThat(told.failure()).hasMessageContaining("could not be continued");
        assertThat(String.join("", told.tokens)).isEqualTo("one two ");
        assertThat(told.errors).hasSize(1);
    }

    @Test
    void streamingTellsWhatIsNoSuccess() {
        backends.first().then(error(400, "bad"));
        assertThat(Told.by(streaming(backends.client())).failure()).hasMessageContaining("scripted");
    }

    @Test
    void aListenerHearsOpenThenEventsThenClose() throws Exception {
        backends.first().then(events("done", "a"));
        Heard heard = heard("{\"model\":\"m\",\"stream\":true,\"messages\":[]}");
        assertThat(heard.order).startsWith("open 200").endsWith("event [DONE]", "close");
        assertThat(heard.order).doesNotContain("error");
    }

    @Test
    void aListenerHearsOneErrorAndNoClose() throws Exception {
        backends.first().then((request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 90\r\n\r\ndata: a\n\n");
            socket.setSoLinger(true, 0);
            return false;
        });
        Heard heard = heard("{\"model\":\"m\",\"messages\":[]}");
        assertThat(heard.order).startsWith("open 200").containsOnlyOnce("error").endsWith("error");
    }

    @Test
    void aParserThatFailsToLoadIsTold() throws Exception {
        Heard heard = new Heard();
        FailoverHttpClientBuilder.over(backends.client())
                .build()
                .execute(
                        request("{\"model\":\"m\"}"),
                        (events, listener) -> {
                            throw new NoClassDefFoundError("Codec");
                        },
                        heard);
        assertThat(heard.isOver.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(heard.order).endsWith("error");
    }

    private Heard heard(String body) throws InterruptedException {
        HttpClient client = FailoverHttpClientBuilder.over(backends.client()).build();
        Heard heard = new Heard();
        client.execute(request(body), new DefaultServerSentEventParser(), heard);
        assertThat(heard.isOver.await(20, TimeUnit.SECONDS)).isTrue();
        backends.awaitQuiet();
        return heard;
    }

    private static HttpRequest request(String body) {
        return HttpRequest.builder()
                .method(HttpMethod.POST)
                .url("http://anywhere/v1/chat/completions")
                .addHeader("Content-Type", "application/json")
                .body(body)
                .build();
    }

    @Test
    void cancellingAStreamReachesTheBackend() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        backends.first().then((request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            RawServer.chunk(socket, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        HttpClient client = FailoverHttpClientBuilder.over(backends.client()).build();
        Heard heard = new Heard() {
            @Override
            public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
                context.parsingHandle().cancel();
            }
        };
        client.execute(
                request("{\"model\":\"m\",\"stream\":true,\"messages\":[]}"),
                new DefaultServerSentEventParser(),
                heard);
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        backends.awaitQuiet();
    }

    @Test
    void aFormGoesOutAgainWithItsFiles() {
        backends.first().then(error(503, "overloaded"));
        HttpClient client = FailoverHttpClientBuilder.over(backends.client()).build();
        HttpRequest form = HttpRequest.builder()
                .method(HttpMethod.POST)
                .url("http://anywhere/v1/audio/transcriptions")
                .addFormDataField("model", "whisper")
                .addFormDataFile("file", "a\"b.wav", "audio/wav", "RIFF".getBytes(StandardCharsets.UTF_8))
                .build();
        assertThat(client.execute(form).statusCode()).isEqualTo(200);
        RawServer.Seen seen = backends.second().requests().get(0);
        String type = String.valueOf(seen.fields().get("content-type"));
        assertThat(type).startsWith("multipart/form-data; boundary=");
        String line = "--" + type.substring(type.indexOf('=') + 1);
        assertThat(seen.text())
                .isEqualTo(line + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n" + line
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.wav\"\r\n"
                        + "Content-Type: audio/wav\r\n\r\nRIFF\r\n" + line + "--\r\n");
    }

    @Test
    void anErrorHasStatusAndBody() {
        backends.first().then(error(404, "no_such_model"));
        HttpClient client = FailoverHttpClientBuilder.over(backends.client()).build();
        assertThatThrownBy(() -> client.execute(request("{\"model\":\"m\",\"messages\":[]}")))
                .isInstanceOf(HttpException.class)
                .hasMessageContaining("no_such_model")
                .extracting(thrown -> ((HttpException) thrown).statusCode())
                .isEqualTo(404);
    }

    @Test
    void timesAreKeptForWhoAsks() {
        FailoverHttpClientBuilder builder = FailoverHttpClientBuilder.over(backends.client())
                .connectTimeout(Duration.ofSeconds(1))
                .readTimeout(Duration.ofSeconds(2));
        assertThat(builder.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(builder.readTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThatThrownBy(() -> builder.waitUpTo(Duration.ofSeconds(-1))).hasMessageContaining("waitUpTo: PT-1S");
    }

    @Test
    void aBackendsOwnKeyReplacesThatOfTheModel() throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(backends.first().url(), 1).withBearerKey("own"))
                .build()) {
            assertThat(chat(FailoverHttpClientBuilder.over(client)).chat("hi")).isEqualTo("hello");
        }
        assertThat(backends.first().requests().get(0).fields()).containsEntry("authorization", "Bearer own");
    }

    /** What a model told of one stream. */
    private static final class Told implements StreamingChatResponseHandler {
        private final List<String> tokens = new CopyOnWriteArrayList<>();
        private final List<Throwable> errors = new CopyOnWriteArrayList<>();
        private final CompletableFuture<String> end = new CompletableFuture<>();

        static Told by(OpenAiStreamingChatModel model) {
            Told told = new Told();
            model.chat("hi", told);
            return told;
        }

        String whole() {
            return end.orTimeout(20, TimeUnit.SECONDS).join();
        }

        @Nullable
        Throwable failure() {
            return end.handle((text, failure) -> failure)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }

        @Override
        public void onPartialResponse(String token) {
            tokens.add(token);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            end.complete(response.aiMessage().text());
        }

        @Override
        public void onError(Throwable failure) {
            errors.add(failure);
            end.completeExceptionally(failure);
        }
    }

    /** What a listener heard, in order. */
    private static class Heard implements ServerSentEventListener {
        final List<String> order = new CopyOnWriteArrayList<>();
        final CountDownLatch isOver = new CountDownLatch(1);

        @Override
        public void onOpen(SuccessfulHttpResponse response) {
            order.add("open " + response.statusCode());
        }

        @Override
        public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
            order.add("event " + event.data());
        }

        @Override
        public void onError(Throwable failure) {
            order.add("error");
            isOver.countDown();
        }

        @Override
        public void onClose() {
            order.add("close");
            isOver.countDown();
        }
    }
}
