package dev.headgate.client.azure;

import static dev.headgate.client.testing.RawServer.error;
import static dev.headgate.client.testing.RawServer.events;
import static dev.headgate.client.testing.RawServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.ai.openai.OpenAIAsyncClient;
import com.azure.ai.openai.OpenAIClient;
import com.azure.ai.openai.OpenAIClientBuilder;
import com.azure.ai.openai.models.ChatCompletions;
import com.azure.ai.openai.models.ChatCompletionsOptions;
import com.azure.ai.openai.models.ChatRequestUserMessage;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.testing.RawServer;
import dev.headgate.client.testing.TwoBackends;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Timeout(60)
class FailoverHttpClientTest {
    private static final RawServer.Reply HELLO = json(
            200,
            "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                    + "\"message\":{\"role\":\"assistant\",\"content\":\"hello\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}");
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String STREAM =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

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

    /** The SDK's own pipeline refuses to show a key to plain HTTP. */
    private static HttpPipeline pipeline(FailoverClient client, HttpPipelinePolicy... policies) {
        return new HttpPipelineBuilder()
                .httpClient(FailoverHttpClient.over(client))
                .policies(policies)
                .build();
    }

    private static OpenAIClientBuilder builder(FailoverClient client, HttpPipelinePolicy... policies) {
        return new OpenAIClientBuilder().endpoint("http://anywhere").pipeline(pipeline(client, policies));
    }

    private OpenAIClient sync() {
        return builder(backends.client()).buildClient();
    }

    private OpenAIAsyncClient async() {
        return builder(backends.client()).buildAsyncClient();
    }

    private static ChatCompletionsOptions asking() {
        return new ChatCompletionsOptions(List.of(new ChatRequestUserMessage("hi")));
    }

    private static String text(ChatCompletions answer) {
        return answer.getChoices().get(0).getMessage().getContent();
    }

    @Test
    void syncLeavesAThrottledBackend() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        assertThat(text(sync().getChatCompletions("m", asking()))).isEqualTo("hello");
        assertThat(backends.second().requests().get(0).target())
                .startsWith("/openai/deployments/m/chat/completions?api-version=");
    }

    @Test
    void syncLeavesAFailingBackend() {
        backends.first().then(error(503, "overloaded"));
        assertThat(text(sync().getChatCompletions("m", asking()))).isEqualTo("hello");
    }

    @Test
    void syncLeavesAnUnreachableBackend() throws IOException {
        try (TwoBackends others = TwoBackends.withoutFirst()) {
            others.second().always(HELLO);
            OpenAIClient client = builder(others.client()).buildClient();
            assertThat(text(client.getChatCompletions("m", asking()))).isEqualTo("hello");
        }
    }

    @Test
    void asyncLeavesAThrottledBackend() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        assertThat(async().getChatCompletions("m", asking())
                        .map(FailoverHttpClientTest::text)
                        .block())
                .isEqualTo("hello");
    }

    @Test
    void asyncLeavesAFailingBackend() {
        backends.first().then(error(503, "overloaded"));
        assertThat(async().getChatCompletions("m", asking())
                        .map(FailoverHttpClientTest::text)
                        .block())
                .isEqualTo("hello");
    }

    @Test
    void asyncLeavesAnUnreachableBackend() throws IOException {
        try (TwoBackends others = TwoBackends.withoutFirst()) {
            others.second().always(HELLO);
            OpenAIAsyncClient client = builder(others.client()).buildAsyncClient();
            assertThat(client.getChatCompletions("m", asking())
                            .map(FailoverHttpClientTest::text)
                            .block())
                    .isEqualTo("hello");
        }
    }

    private static @Nullable String streamed(Flux<ChatCompletions> stream) {
        return stream.filter(each -> !each.getChoices().isEmpty())
                .map(each -> each.getChoices().get(0).getDelta())
                .mapNotNull(delta -> delta == null ? null : delta.getContent())
                .collect(Collectors.joining())
                .block();
    }

    @Test
    void asyncStreamingLeavesAThrottledBackend() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        backends.second().then(events("done", "one ", "two"));
        assertThat(streamed(async().getChatCompletionsStream("m", asking()))).isEqualTo("one two");
    }

    @Test
    void asyncStreamingLeavesAFailingBackend() {
        backends.first().then(error(503, "overloaded"));
        backends.second().then(events("done", "one ", "two"));
        assertThat(streamed(async().getChatCompletionsStream("m", asking()))).isEqualTo("one two");
    }

    @Test
    void asyncStreamingLeavesAnUnreachableBackend() throws IOException {
        try (TwoBackends others = TwoBackends.withoutFirst()) {
            others.second().then(events("done", "one ", "two"));
            OpenAIAsyncClient client = builder(others.client()).buildAsyncClient();
            assertThat(streamed(client.getChatCompletionsStream("m", asking()))).isEqualTo("one two");
        }
    }

    @Test
    void syncStreamingLeavesAThrottledBackend() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        backends.second().then(events("done", "one ", "two"));
        String all = sync().getChatCompletionsStream("m", asking()).stream()
                .filter(each -> !each.getChoices().isEmpty())
                .map(each -> each.getChoices().get(0).getDelta())
                .map(delta -> delta == null || delta.getContent() == null ? "" : delta.getContent())
                .collect(Collectors.joining());
        assertThat(all).isEqualTo("one two");
    }

    @Test
    void aCutStreamIsTakenUpAgain() {
        backends.first().then(events("cut", "one ", "two "));
        backends.second().then(events("done", "one ", "two ", "three"));
        assertThat(streamed(async().getChatCompletionsStream("m", asking()))).isEqualTo("one two three");
    }

    @Test
    void aCutStreamThatCannotBeTakenUpGivesNoSecondAnswer() {
        backends.first().then(events("cut", "one ", "two "));
        backends.second().then(events("done", "other", "words"));
        String all = raw(STREAM)
                .flatMapMany(HttpResponse::getBody)
                .map(piece -> UTF_8.decode(piece).toString())
                .collect(Collectors.joining())
                .block();
        assertThat(all)
                .contains("one ", "two ", "event: error", "stream_interrupted")
                .doesNotContain("other");
    }

    @Test
    void anAnswerThatBreaksOffIsAnError() {
        backends.first().then((request, socket) -> {
            RawServer.send(
                    socket,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 9\r\n\r\nhalf");
            return false;
        });
        assertThatThrownBy(() ->
                        raw(CHAT).flatMap(HttpResponse::getBodyAsByteArray).block())
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void theSdksRetriesSeeWhenToComeBack() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after-ms", "200"));
        backends.second().then(error(429, "rate_limit_exceeded", "retry-after-ms", "200"));
        RetryPolicy retries = new RetryPolicy(new RetryOptions(new FixedDelayOptions(3, Duration.ofSeconds(50))));
        OpenAIClient client = builder(backends.client(), retries).buildClient();
        assertThat(text(client.getChatCompletions("m", asking()))).isEqualTo("hello");
    }

    @Test
    void withoutRetriesTheSdkShowsTheLastAnswer() {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        backends.second().then(error(429, "rate_limit_exceeded", "retry-after", "4"));
        assertThatThrownBy(() -> sync().getChatCompletions("m", asking()))
                .isInstanceOfSatisfying(HttpResponseException.class, thrown -> {
                    assertThat(thrown.getResponse().getStatusCode()).isEqualTo(429);
                    assertThat(thrown.getResponse().getHeaders().getValue(HttpHeaderName.RETRY_AFTER))
                            .isEqualTo("4");
                });
    }

    @Test
    void whenNobodyListensTheErrorIsOneOfIo() throws IOException {
        try (FailoverClient nobody = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1))
                .build()) {
            FailoverHttpClient client = FailoverHttpClient.over(nobody);
            assertThatThrownBy(() -> client.sendSync(request(CHAT), Context.NONE))
                    .isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void aLateHeadIsATimeout() {
        CountDownLatch over = new CountDownLatch(1);
        backends.first().always((request, socket) -> {
            await(over);
            return false;
        });
        Context hurried = new Context("azure-response-timeout", Duration.ofMillis(200));
        FailoverHttpClient client = FailoverHttpClient.over(backends.client());
        assertThatThrownBy(() -> client.sendSync(request(CHAT), hurried))
                .hasCauseInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> client.send(request(CHAT), hurried).block())
                .hasCauseInstanceOf(SocketTimeoutException.class);
        over.countDown();
    }

    private Mono<HttpResponse> raw(String body) {
        return FailoverHttpClient.over(backends.client()).send(request(body));
    }

    private static HttpRequest request(String body) {
        return new HttpRequest(HttpMethod.POST, "http://anywhere/v1/chat/completions")
                .setHeader(HttpHeaderName.CONTENT_TYPE, "application/json")
                .setBody(body);
    }

    @Test
    void aBodyThatIsPublishedOnceIsKeptForTheNextAttempt() {
        backends.first().then(error(500, "server_error"));
        Flux<ByteBuffer> pieces =
                Flux.just(CHAT.substring(0, 9), CHAT.substring(9)).map(piece -> ByteBuffer.wrap(piece.getBytes(UTF_8)));
        HttpRequest request = request("").setBody(pieces);
        HttpResponse response = FailoverHttpClient.over(backends.client())
                .send(request)
                .blockOptional()
                .orElseThrow();
        assertThat(response.getStatusCode()).isEqualTo(200);
        assertThat(response.getBodyAsBinaryData().toString()).contains("hello");
        assertThat(backends.second().requests().get(0).text()).isEqualTo(CHAT);
    }

    @Test
    void whatIsReadEagerlyCanBeReadTwice() {
        Context eager = new Context("azure-eagerly-read-response", true);
        FailoverHttpClient client = FailoverHttpClient.over(backends.client());
        for (HttpResponse response : List.of(
                client.sendSync(request(CHAT), eager),
                client.send(request(CHAT), eager).blockOptional().orElseThrow())) {
            assertThat(response.getBodyAsString().block()).contains("hello");
            assertThat(response.getBodyAsByteArray().block()).isNotEmpty();
            assertThat(response.getBodyAsBinaryData())
                    .extracting(BinaryData::toString)
                    .asString()
                    .contains("hello");
        }
    }

    @Test
    void aBodyIsLiveAndClosingItCancels() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        backends.first().then(firstToken(closed));
        HttpResponse response = FailoverHttpClient.over(backends.client()).sendSync(request(STREAM), Context.NONE);
        try (InputStream body = response.getBodyAsInputStream().blockOptional().orElseThrow()) {
            assertThat(new String(body.readNBytes(5), UTF_8)).isEqualTo("data:");
        }
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        backends.awaitQuiet();
    }

    @Test
    void cancellingTheFluxOfABodyCancelsTheRequest() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        backends.first().then(firstToken(closed));
        assertThat(raw(STREAM).flatMapMany(HttpResponse::getBody).blockFirst()).isNotNull();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        backends.awaitQuiet();
    }

    private static RawServer.Reply firstToken(CountDownLatch closed) {
        return (request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            RawServer.chunk(socket, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        };
    }

    @Test
    void cancellingTheMonoCancelsTheRequest() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        backends.first().always((request, socket) -> {
            arrived.countDown();
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        Disposable asked = raw(CHAT).subscribe();
        assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
        asked.dispose();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(backends.second().requests()).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
