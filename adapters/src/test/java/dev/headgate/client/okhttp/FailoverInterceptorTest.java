package dev.headgate.client.okhttp;

import static dev.headgate.client.testing.RawServer.error;
import static dev.headgate.client.testing.RawServer.events;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.FailoverClientBuilder;
import dev.headgate.client.testing.ChatServer;
import dev.headgate.client.testing.RawServer;
import dev.headgate.core.failover.BackendStatus.State;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.FailoverSettings.TimeoutSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real OkHttp over failing servers. */
@Timeout(60)
class FailoverInterceptorTest {
    private static final MediaType JSON = MediaType.get("application/json");
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String STREAM =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private RawServer first;
    private RawServer second;
    private FailoverClient failover;

    @BeforeEach
    void start() throws IOException {
        first = ChatServer.saying("one ", "two ", "three");
        second = ChatServer.saying("one ", "two ", "three");
        failover = both().build();
    }

    @AfterEach
    void stop() throws IOException {
        failover.close();
        first.close();
        second.close();
    }

    private FailoverClientBuilder both() {
        return FailoverClient.builder()
                .backends(
                        Backend.of(first.url(), 1).withId("first").withApiKey("of-the-first"),
                        Backend.of(second.url(), 2).withId("second"));
    }

    private static OkHttpClient over(FailoverClient client) {
        return new OkHttpClient.Builder()
                .addInterceptor(FailoverInterceptor.over(client))
                .build();
    }

    private static Request chat(String json) {
        return new Request.Builder()
                .url("https://api.example.com/v1/chat/completions?a=%2F")
                .header("Authorization", "Bearer of-the-application")
                .post(RequestBody.create(json, JSON))
                .build();
    }

    private static ResponseBody body(Response response) {
        return Objects.requireNonNull(response.body(), "an executed call's answer has a body");
    }

    private static String text(Response response) throws IOException {
        try (response) {
            return body(response).string();
        }
    }

    @ParameterizedTest
    @CsvSource({"429", "503"})
    void aBackendThatIsNoGoodIsLeftForAnother(int status) throws IOException {
        first.then(error(status, "scripted", "retry-after", "44"));
        Response response = over(failover).newCall(chat(CHAT)).execute();
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.header("x-headgate-backend")).isEqualTo("second");
        assertThat(response.request().url().host()).isEqualTo("api.example.com");
        assertThat(text(response)).contains("one two three");
        assertThat(first.requests().get(0).fields())
                .containsEntry("api-key", "of-the-first")
                .doesNotContainKey("authorization");
        assertThat(second.requests().get(0).fields())
                .containsEntry("authorization", "Bearer of-the-application")
                .containsEntry("content-type", "application/json; charset=utf-8");
        assertThat(second.requests().get(0).target()).isEqualTo("/v1/chat/completions?a=%2F");
        assertThat(second.requests().get(0).text()).isEqualTo(CHAT);
    }

    @Test
    void anUnreachableBackendIsLeftForAnother() throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1), Backend.of(second.url(), 2))
                .build()) {
            assertThat(text(over(client).newCall(chat(CHAT)).execute())).contains("one two three");
        }
    }

    @Test
    void whenNobodyAnswersItIsAnIoException() throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1))
                .build()) {
            Call call = over(client).newCall(chat(CHAT));
            assertThatThrownBy(call::execute).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aStreamComesFromTheSecondBackend() throws IOException {
        first.then(error(429, "rate_limit_exceeded"));
        assertThat(text(over(failover).newCall(chat(STREAM)).execute())).contains("one ", "two ", "three", "[DONE]");
    }

    @Test
    void aStreamThatIsCutGoesOnWithoutASecondAnswer() throws IOException {
        first.then(events("cut", "one ", "two "));
        assertThat(text(over(failover).newCall(chat(STREAM)).execute()))
                .containsOnlyOnce("\"one \"")
                .containsOnlyOnce("\"two \"")
                .containsOnlyOnce("\"three\"")
                .contains("[DONE]");
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void whatHasArrivedIsReadBeforeMoreIsWaitedFor() throws IOException {
        CountDownLatch read = new CountDownLatch(1);
        first.then((request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            RawServer.chunk(socket, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
            awaited(read);
            RawServer.chunk(socket, "data: [DONE]\n\n");
            RawServer.send(socket, "0\r\n\r\n");
            return true;
        });
        try (Response response = over(failover)
                .newBuilder()
                .readTimeout(Duration.ZERO)
                .build()
                .newCall(chat(STREAM))
                .execute()) {
            assertThat(body(response).source().readUtf8Line()).contains("\"a\"");
            read.countDown();
            assertThat(body(response).string()).contains("[DONE]");
        }
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void aStreamThatCannotGoOnEndsInAnErrorOfItsOwn() throws IOException {
        first.then(events("cut", "one ", "two "));
        second.then(events("done", "other ", "words"));
        assertThat(text(over(failover).newCall(chat(STREAM)).execute()))
                .contains("event: error", "stream_interrupted")
                .doesNotContain("other", "[DONE]");
    }

    @Test
    void anEnqueuedCallFailsOverAndIsReadElsewhere() throws Exception {
        first.then(events("cut", "one ", "two "));
        CompletableFuture<Response> answer = new CompletableFuture<>();
        over(failover).newCall(chat(STREAM)).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException e) {
                answer.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call call, Response response) {
                answer.complete(response);
            }
        });
        assertThat(text(answer.get(30, TimeUnit.SECONDS))).contains("one ", "two ", "three", "[DONE]");
    }

    @Test
    void manyCallsAtOnceDoNotHoldEachOtherUp() throws Exception {
        List<CompletableFuture<String>> answers = new ArrayList<>();
        OkHttpClient http = over(failover);
        for (int i = 0; i < 20; i++) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            answers.add(answer);
            http.newCall(chat(CHAT)).enqueue(new Callback() {
                @Override
                public void onFailure(Call call, IOException e) {
                    answer.completeExceptionally(e);
                }

                @Override
                public void onResponse(Call call, Response response) throws IOException {
                    answer.complete(text(response));
                }
            });
        }
        for (CompletableFuture<String> each : answers) {
            assertThat(each.get(30, TimeUnit.SECONDS)).contains("one two three");
        }
    }

    @Test
    void interceptorsAfterItSeeEachAttempt() throws IOException {
        first.then(error(500, "server_error"));
        List<String> hosts = new ArrayList<>();
        OkHttpClient http = over(failover)
                .newBuilder()
                .addInterceptor(chain -> {
                    hosts.add("http://" + chain.request().url().host() + ":"
                            + chain.request().url().port());
                    return chain.proceed(chain.request());
                })
                .build();
        assertThat(text(http.newCall(chat(CHAT)).execute())).contains("one two three");
        assertThat(hosts).containsExactly(first.url(), second.url());
    }

    @Test
    void aSilentBackendIsLeftAtItsLimitWhateverOkHttpsAre() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        first.then((request, socket) -> awaited(over));
        try (FailoverClient client = both().settings(FailoverSettings.DEFAULTS
                        .with()
                        .timeouts(limits(Duration.ofMillis(300)))
                        .build())
                .build()) {
            OkHttpClient patient =
                    over(client).newBuilder().readTimeout(Duration.ZERO).build();
            assertThat(text(patient.newCall(chat(CHAT)).execute())).contains("one two three");
            assertThat(text(patient.newCall(chat(STREAM)).execute())).contains("three");
        } finally {
            over.countDown();
        }
    }

    private static TimeoutSettings limits(Duration firstByte) {
        TimeoutSettings old = FailoverSettings.DEFAULTS.timeouts();
        return new TimeoutSettings(old.connect(), firstByte, firstByte, old.idle(), old.total());
    }

    @Test
    void aStreamThatFallsSilentIsLeftAtTheLimit() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        first.then((request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            return awaited(over);
        });
        try (FailoverClient client = both().settings(FailoverSettings.DEFAULTS
                        .with()
                        .timeouts(limits(Duration.ofMillis(300)))
                        .build())
                .build()) {
            OkHttpClient patient =
                    over(client).newBuilder().readTimeout(Duration.ZERO).build();
            assertThat(text(patient.newCall(chat(STREAM)).execute())).contains("three");
        } finally {
            over.countDown();
        }
    }

    @Test
    void theTimeoutOfTheCallSpansAllAttempts() {
        CountDownLatch over = new CountDownLatch(1);
        first.always(error(503, "overloaded"));
        second.always((request, socket) -> awaited(over));
        Call call = over(failover)
                .newBuilder()
                .callTimeout(Duration.ofMillis(400))
                .build()
                .newCall(chat(CHAT));
        assertThatThrownBy(call::execute).isInstanceOf(InterruptedIOException.class);
        over.countDown();
        assertThat(first.requests()).hasSize(1);
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void aCancelledCallMakesNoFurtherAttempt() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> {
            arrived.countDown();
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        Call call = over(failover).newCall(chat(CHAT));
        CompletableFuture<Void> cancelling = CompletableFuture.runAsync(() -> {
            awaited(arrived);
            call.cancel();
        });
        assertThatThrownBy(call::execute).isInstanceOf(IOException.class).hasMessage("Canceled");
        cancelling.get(10, TimeUnit.SECONDS);
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.requests()).isEmpty();
        assertNobodyIsBlamed();
    }

    @Test
    void whatADispatcherCancelsIsNoFailureOfABackend() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        first.always((request, socket) -> {
            arrived.countDown();
            return awaited(over);
        });
        OkHttpClient http = over(failover);
        CompletableFuture<Void> cancelling = CompletableFuture.runAsync(() -> {
            awaited(arrived);
            http.dispatcher().cancelAll();
        });
        Call call = http.newCall(chat(CHAT));
        assertThatThrownBy(call::execute).isInstanceOf(IOException.class).hasMessage("Canceled");
        cancelling.get(10, TimeUnit.SECONDS);
        over.countDown();
        assertThat(second.requests()).isEmpty();
        assertNobodyIsBlamed();
    }

    @Test
    void aThreadThatIsInterruptedGivesItsCallUp() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Call call = over(failover).newCall(chat(CHAT));
        Thread calling = new Thread(() -> {
            Thread.currentThread().interrupt();
            thrown.complete(catchThrowable(call::execute));
        });
        calling.start();
        assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
        assertThat(second.requests()).isEmpty();
        assertNobodyIsBlamed();
    }

    private void assertNobodyIsBlamed() {
        assertThat(failover.backends())
                .allSatisfy(each -> assertThat(each.state()).isEqualTo(State.AVAILABLE));
    }

    @Test
    void aCallThatIsCancelledWhileItIsReadMakesNoFurtherAttempt() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> endless(socket, closed));
        Call call = over(failover).newCall(chat(STREAM));
        try (Response response = call.execute()) {
            assertThat(body(response).source().readUtf8Line()).startsWith("data: ");
            CompletableFuture<Void> cancelling = CompletableFuture.runAsync(call::cancel);
            assertThatThrownBy(() -> body(response).string()).isInstanceOf(IOException.class);
            cancelling.get(10, TimeUnit.SECONDS);
        }
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void closingTheBodyEndsTheRequest() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> endless(socket, closed));
        try (Response response = over(failover).newCall(chat(STREAM)).execute()) {
            assertThat(body(response).source().readUtf8Line()).startsWith("data: ");
        }
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.requests()).isEmpty();
        while (failover.inFlight() > 0) { // until the turn that closed the connection is over
            Thread.onSpinWait();
        }
    }

    @Test
    void closingTheClientEndsWhatIsInFlight() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        first.always((request, socket) -> {
            arrived.countDown();
            return awaited(over);
        });
        Call call = over(failover).newCall(chat(CHAT));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
            awaited(arrived);
            failover.close();
        });
        assertThatThrownBy(call::execute).isInstanceOf(IOException.class).hasMessageContaining("closed");
        closing.get(10, TimeUnit.SECONDS);
        over.countDown();
    }

    @Test
    void oneCallHasNoHedges() throws IOException {
        CountDownLatch hedged = new CountDownLatch(1);
        second.always((request, socket) -> {
            hedged.countDown();
            return false;
        });
        first.always((request, socket) -> {
            boolean isHedged = awaits(hedged, 300);
            return error(isHedged ? 500 : 200, "none").write(request, socket);
        });
        try (FailoverClient client = both().hedgeAfter(Duration.ofMillis(20)).build()) {
            assertThat(over(client).newCall(chat(CHAT)).execute().code()).isEqualTo(200);
        }
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void aBodyThatIsWrittenOnceIsKeptForTheNextAttempt() throws IOException {
        first.then(error(500, "server_error"));
        OneShot body = new OneShot();
        Request request = chat(CHAT).newBuilder().post(body).build();
        assertThat(text(over(failover).newCall(request).execute())).contains("one two three");
        assertThat(body.written).hasValue(1);
        assertThat(second.requests().get(0).text()).isEqualTo(CHAT);
    }

    @Test
    void aBodyTooLargeToKeepHasOneAttempt() throws IOException {
        first.then(error(500, "server_error"));
        OneShot body = new OneShot();
        Request request = chat(CHAT).newBuilder().post(body).build();
        try (FailoverClient client = both().maxRequestBytes(10).build();
                Response response = over(client).newCall(request).execute()) {
            assertThat(response.code()).isEqualTo(500);
        }
        assertThat(body.written).hasValue(1);
        assertThat(first.requests().get(0).text()).isEqualTo(CHAT);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void aLargeAnswerPasses() throws IOException {
        int size = 8 << 20;
        first.then((request, socket) -> {
            RawServer.send(
                    socket,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: " + size
                            + "\r\n\r\n");
            socket.getOutputStream().write(new byte[size]);
            return true;
        });
        try (Response response = over(failover).newCall(chat(CHAT)).execute()) {
            assertThat(body(response).contentLength()).isEqualTo(size);
            assertThat(body(response).bytes()).hasSize(size);
        }
    }

    @Test
    void anInterceptorOfTheNetworkIsRefused() {
        OkHttpClient http = new OkHttpClient.Builder()
                .addNetworkInterceptor(FailoverInterceptor.over(failover))
                .build();
        Request request = new Request.Builder().url(first.url()).build();
        assertThatThrownBy(() -> http.newCall(request).execute())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected: addInterceptor");
    }

    private static boolean awaited(CountDownLatch latch) {
        assertThat(awaits(latch, 30_000)).isTrue();
        return false;
    }

    private static boolean awaits(CountDownLatch latch, long millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean endless(Socket socket, CountDownLatch closed) throws IOException {
        RawServer.send(
                socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
        RawServer.chunk(socket, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
        if (socket.getInputStream().read() < 0) {
            closed.countDown();
        }
        return false;
    }

    /** A body that can be written once. */
    private static final class OneShot extends RequestBody {
        private final AtomicInteger written = new AtomicInteger();

        @Override
        public MediaType contentType() {
            return JSON;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            written.incrementAndGet();
            sink.write(CHAT.getBytes(UTF_8));
        }
    }
}
