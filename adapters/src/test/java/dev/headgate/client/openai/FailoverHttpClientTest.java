package dev.headgate.client.openai;

import static dev.headgate.client.testing.RawServer.error;
import static dev.headgate.client.testing.RawServer.events;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.core.RequestOptions;
import com.openai.core.Sleeper;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.testing.ChatServer;
import dev.headgate.client.testing.RawServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real openai-java over failing servers. */
@Timeout(60)
class FailoverHttpClientTest {
    private final StringBuilder heard = new StringBuilder();
    private RawServer first;
    private RawServer second;
    private FailoverClient failover;

    @BeforeEach
    void start() throws IOException {
        first = ChatServer.saying("one ", "two ", "three");
        second = ChatServer.saying("one ", "two ", "three");
        failover = FailoverClient.builder()
                .backends(
                        Backend.of(first.url(), 1).withId("first"),
                        Backend.of(second.url(), 2).withId("second").withBearerKey("of-the-second"))
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        failover.close();
        first.close();
        second.close();
    }

    private OpenAIClient openai() {
        return over(failover, 0);
    }

    private static OpenAIClient over(FailoverClient client, int retries) {
        return new OpenAIClientImpl(ClientOptions.builder()
                .apiKey("of-the-sdk")
                .httpClient(FailoverHttpClient.over(client))
                .maxRetries(retries)
                .build());
    }

    @ParameterizedTest
    @EnumSource
    void aThrottledBackendIsLeftForAnother(OpenAiAsk way) {
        first.then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        way.ask(openai(), heard::append);
        assertThat(heard).hasToString("one two three");
        assertThat(first.requests()).hasSize(1);
        assertThat(second.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aFailingBackendIsLeftForAnother(OpenAiAsk way) {
        first.then(error(503, "overloaded"));
        way.ask(openai(), heard::append);
        assertThat(heard).hasToString("one two three");
        assertThat(second.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void anUnreachableBackendIsLeftForAnother(OpenAiAsk way) throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1), Backend.of(second.url(), 2))
                .build()) {
            way.ask(over(client, 0), heard::append);
        }
        assertThat(heard).hasToString("one two three");
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "STREAM_ASYNC"})
    void aStreamThatIsCutGoesOnWithoutASecondAnswer(OpenAiAsk way) {
        first.then(events("cut", "one ", "two "));
        way.ask(openai(), heard::append);
        assertThat(heard).hasToString("one two three");
        assertThat(second.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "STREAM_ASYNC"})
    void aStreamThatCannotGoOnEndsInTheSdksError(OpenAiAsk way) {
        first.then(events("cut", "one ", "two "));
        second.then(events("done", "other ", "words"));
        Throwable thrown = catchThrowable(() -> way.ask(openai(), heard::append));
        assertThat(thrown.getCause() == null ? thrown : thrown.getCause())
                .isInstanceOf(SseException.class)
                .hasMessageContaining("could not be continued");
        assertThat(heard).hasToString("one two ");
    }

    @ParameterizedTest
    @EnumSource
    void whenNobodyAnswersItIsTheSdksIoException(OpenAiAsk way) throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1))
                .build()) {
            Throwable thrown = catchThrowable(() -> way.ask(over(client, 0), heard::append));
            assertThat(thrown instanceof OpenAIIoException ? thrown : thrown.getCause())
                    .isInstanceOf(OpenAIIoException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSdksRetriesStayAboveAndHearWhenToComeBack(OpenAiAsk way) {
        first.then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        second.then(error(429, "rate_limit_exceeded", "retry-after", "4"));
        List<Duration> slept = new CopyOnWriteArrayList<>();
        OpenAIClient client = new OpenAIClientImpl(ClientOptions.builder()
                .apiKey("of-the-sdk")
                .httpClient(FailoverHttpClient.over(failover))
                .sleeper(new CountingSleeper(slept))
                .maxRetries(2)
                .build());
        Throwable thrown = catchThrowable(() -> way.ask(client, heard::append));
        assertThat(thrown instanceof RateLimitException ? thrown : thrown.getCause())
                .isInstanceOf(RateLimitException.class);
        assertThat(slept)
                .hasSize(2)
                .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4)));
        assertThat(first.requests()).hasSize(1);
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void aBackendsOwnKeyReplacesTheSdksAndPathsAreTheSdks() {
        first.then(error(500, "server_error"));
        OpenAiAsk.WHOLE.ask(openai(), heard::append);
        assertThat(first.requests().get(0).target()).isEqualTo("/v1/chat/completions");
        assertThat(first.requests().get(0).fields()).containsEntry("authorization", "Bearer of-the-sdk");
        assertThat(second.requests().get(0).fields())
                .containsEntry("authorization", "Bearer of-the-second")
                .containsEntry("content-type", "application/json");
        assertThat(second.requests().get(0).text())
                .isEqualTo(first.requests().get(0).text());
    }

    @Test
    void theTimeoutOfARequestHolds() {
        CountDownLatch over = new CountDownLatch(1);
        first.always((request, socket) -> awaited(over));
        second.always((request, socket) -> awaited(over));
        RequestOptions hurried =
                RequestOptions.builder().timeout(Duration.ofMillis(300)).build();
        assertThatThrownBy(() -> openai().chat().completions().create(OpenAiAsk.QUESTION, hurried))
                .isInstanceOf(OpenAIIoException.class)
                .hasCauseInstanceOf(SocketTimeoutException.class);
        over.countDown();
    }

    @Test
    void aBodyThatIsWrittenOnceIsKeptForTheNextAttempt() throws IOException {
        first.then(error(500, "server_error"));
        OneShot body = new OneShot("x".repeat(200_000));
        HttpRequest request = HttpRequest.builder()
                .method(HttpMethod.POST)
                .baseUrl("http://api.example.com")
                .addPathSegments("openai", "deployments", "a b", "audio", "transcriptions")
                .body(body)
                .build();
        try (HttpResponse response = FailoverHttpClient.over(failover).execute(request, RequestOptions.none())) {
            assertThat(response.statusCode()).isEqualTo(200);
        }
        assertThat(body.written).hasValue(1);
        assertThat(body.closed).hasValue(1);
        assertThat(second.requests().get(0).text()).hasSize(200_000);
        assertThat("http://api.example.com" + second.requests().get(0).target()).isEqualTo(request.url());
    }

    @Test
    void aBodyTooLargeToKeepHasOneAttempt() throws IOException {
        first.then(error(500, "server_error"));
        OneShot body = new OneShot("x".repeat(200_000));
        HttpRequest request = HttpRequest.builder()
                .method(HttpMethod.POST)
                .baseUrl("http://api.example.com/v1/audio/transcriptions")
                .body(body)
                .build();
        try (FailoverClient client = FailoverClient.builder()
                        .backends(Backend.of(first.url(), 1), Backend.of(second.url(), 2))
                        .maxRequestBytes(1000)
                        .build();
                HttpResponse response = FailoverHttpClient.over(client)
                        .executeAsync(request, RequestOptions.none())
                        .join()) {
            assertThat(response.statusCode()).isEqualTo(500);
        }
        assertThat(first.requests().get(0).text()).hasSize(200_000);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void cancellingTheFutureCancelsTheRequest() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> {
            arrived.countDown();
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        HttpRequest request = HttpRequest.builder()
                .method(HttpMethod.GET)
                .baseUrl("http://api.example.com/v1/models")
                .build();
        CompletableFuture<HttpResponse> future =
                FailoverHttpClient.over(failover).executeAsync(request, RequestOptions.none());
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(future.cancel(true)).isTrue();
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void closingAStreamCancelsTheRequest() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> endless(socket, closed));
        try (StreamResponse<ChatCompletionChunk> stream =
                openai().chat().completions().createStreaming(OpenAiAsk.QUESTION)) {
            Optional<ChatCompletionChunk> begun = stream.stream().findFirst();
            assertThat(begun).isPresent();
        }
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void closingAnAsynchronousStreamCancelsTheRequest() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> endless(socket, closed));
        AsyncStreamResponse<ChatCompletionChunk> stream =
                openai().async().chat().completions().createStreaming(OpenAiAsk.QUESTION);
        stream.subscribe(chunk -> begun.countDown());
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        stream.close();
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void theSdksCloseLeavesTheClientOpen() {
        OpenAIClient openai = openai();
        openai.close();
        assertThat(failover.isClosed()).isFalse();
        failover.close();
        assertThatThrownBy(() -> OpenAiAsk.WHOLE.ask(openai(), heard::append))
                .isInstanceOf(IllegalStateException.class);
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private static boolean endless(Socket socket, CountDownLatch closed) throws IOException {
        RawServer.send(
                socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
        RawServer.chunk(
                socket,
                "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
                        + "[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}\n\n");
        if (socket.getInputStream().read() < 0) {
            closed.countDown();
        }
        return false;
    }

    /** A body that the SDK says can be written once. */
    private static final class OneShot implements HttpRequestBody {
        private final byte[] content;
        private final AtomicInteger written = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();

        OneShot(String content) {
            this.content = content.getBytes(UTF_8);
        }

        @Override
        public void writeTo(OutputStream target) {
            written.incrementAndGet();
            try {
                target.write(content);
            } catch (IOException e) {
                throw new OpenAIIoException("not written", e);
            }
        }

        @Override
        public String contentType() {
            return "application/octet-stream";
        }

        @Override
        public long contentLength() {
            return -1;
        }

        @Override
        public boolean repeatable() {
            return false;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    /** Does not sleep. */
    private static final class CountingSleeper implements Sleeper {
        private final List<Duration> slept;

        CountingSleeper(List<Duration> slept) {
            this.slept = slept;
        }

        @Override
        public void sleep(Duration duration) {
            slept.add(duration);
        }

        @Override
        public CompletableFuture<Void> sleepAsync(Duration duration) {
            slept.add(duration);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }
}
