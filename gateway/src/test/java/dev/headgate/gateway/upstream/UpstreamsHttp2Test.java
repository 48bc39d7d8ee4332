package dev.headgate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.CleanLogs;
import dev.headgate.gateway.ScriptedServer;
import dev.headgate.gateway.TestCertificate;
import dev.headgate.gateway.upstream.UpstreamFailure.Reach;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(CleanLogs.class)
class UpstreamsHttp2Test {
    private final Caller caller = new Caller();
    private final Queue<H2Server.Stream> waiting = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        caller.close();
    }

    private static H2Server server(Consumer<H2Server.Stream> script) {
        return new H2Server(null, 100, script);
    }

    private static UpstreamTarget at(H2Server server) {
        return new UpstreamTarget(
                "127.0.0.1", server.port(), UpstreamTarget.Protocol.HTTP2_CLEAR, null, Duration.ofSeconds(5));
    }

    @Test
    void http2IsChosenOverTlsAndRequestsAtOnceShareAConnection() throws IOException {
        try (TestCertificate certificate = new TestCertificate("dns:localhost");
                H2Server server = new H2Server(certificate, 100, waiting::add)) {
            UpstreamTarget target =
                    UpstreamTarget.https("localhost", server.port()).trusting(certificate.file());
            List<Call> calls =
                    IntStream.range(0, 20).mapToObj(i -> caller.get(target)).toList();
            Caller.until(() -> waiting.size() == 20);
            for (H2Server.Stream stream : waiting) {
                assertThat(stream.request().scheme().toString()).isEqualTo("https");
                assertThat(stream.request().authority().toString()).isEqualTo(target.toString());
                stream.head(200, "x-a", "1").lastData("hi");
            }

            for (Call call : calls) {
                assertThat(call.success().body()).isEqualTo("hi");
                assertThat(call.answer().headers().get("x-a")).isEqualTo("1");
                assertThat(call.answer().headers().contains("transfer-encoding"))
                        .isFalse();
                assertThat(call.bodyEnd()).isEqualTo(BodyEnd.MARKED);
            }
            assertThat(server.accepted()).isEqualTo(1);
            assertThat(caller.upstreams().idleConnections()).isEqualTo(1);
        }
    }

    @Test
    void connectionThatFellSilentIsGivenUp() {
        try (H2Server server = server(stream -> {
            if (stream.request().path().toString().equals("/v1/chat/completions")) {
                stream.fallSilent();
            } else {
                stream.head(200).lastData("hi");
            }
        })) {
            assertThat(caller.got(at(server)).body()).isEqualTo("hi");
            Call lost = caller.post(at(server), Unpooled.wrappedBuffer(new byte[] {1}));
            UpstreamExchange exchange = lost.exchange();
            var cancelled = caller.loop(0).schedule(exchange::cancel, 600, TimeUnit.MILLISECONDS);
            assertThat(cancelled.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();

            assertThat(caller.got(at(server)).body()).isEqualTo("hi");
            assertThat(server.accepted()).isEqualTo(2);
            Caller.until(() -> caller.upstreams().openConnections() == 1);
        }
    }

    @Test
    void connectionThatIsOnlySlowGoesOn() {
        try (H2Server server = server(stream -> {
            if (!stream.request().path().toString().equals("/v1/chat/completions")) {
                stream.head(200).lastData("hi");
            }
        })) {
            assertThat(caller.got(at(server)).body()).isEqualTo("hi");
            Call slow = caller.post(at(server), Unpooled.wrappedBuffer(new byte[] {1}));
            UpstreamExchange exchange = slow.exchange();
            var cancelled = caller.loop(0).schedule(exchange::cancel, 600, TimeUnit.MILLISECONDS);
            assertThat(cancelled.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
            Caller.until(() -> server.resets() == 1);
            Caller.until(() -> caller.got(at(server)).exchange().isReused());
            assertThat(server.open()).isLessThanOrEqualTo(2); // another may have been opened before it answered
        }
    }

    @Test
    void bodyTrailersAndInterimAnswersPass() {
        try (H2Server server = server(stream ->
                stream.head(100).head(103).head(200).data("hel").data("lo").trailers("x-t", "1"))) {
            Call call = caller.post(at(server), Unpooled.wrappedBuffer(new byte[5 << 20]))
                    .success();

            assertThat(call.body()).isEqualTo("hello");
            assertThat(call.trailers().get("x-t")).isEqualTo("1");
        }
    }

    @Test
    void wholeRequestBodyArrives() {
        try (H2Server server = server(waiting::add)) {
            Call call = caller.post(at(server), Unpooled.wrappedBuffer(new byte[5 << 20]));
            Caller.until(() -> server.bodyBytes() == 5 << 20);
            waiting.element().headAlone(204);

            assertThat(call.success().status()).isEqualTo(204);
            assertThat(call.body()).isEmpty();
        }
    }

    @Test
    void answerToHeadHasNoBody() {
        try (H2Server server = server(stream -> stream.headAlone(200, "content-length", "500"))) {
            Call call = new Call();
            caller.send(0, at(server), HttpMethod.HEAD, "/", Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, call);

            assertThat(call.success().body()).isEmpty();
            assertThat(call.answer().headers().get("content-length")).isEqualTo("500");
        }
    }

    @Test
    void tooManyInterimAnswersFail() {
        try (H2Server server = server(stream -> {
            for (int i = 0; i < 9; i++) {
                stream.head(103);
            }
            stream.headAlone(200);
        })) {
            assertThat(caller.get(at(server)).failure().kind()).isEqualTo(AttemptFailure.NOT_HTTP);
        }
    }

    @Test
    void impossibleHeadsFail() {
        for (String[] fields : List.of(new String[] {"x-a", "a".repeat(70_000)}, fields(201))) {
            try (H2Server server = server(stream -> stream.headAlone(200, fields))) {
                UpstreamFailure failure = caller.get(at(server)).failure();
                assertThat(failure.kind()).as(failure.detail()).isEqualTo(AttemptFailure.NOT_HTTP);
            }
        }
        for (int status : List.of(600, 99, 101)) {
            try (H2Server server = server(stream -> stream.headAlone(status))) {
                UpstreamFailure failure = caller.get(at(server)).failure();
                assertThat(failure.kind()).as(status + failure.detail()).isEqualTo(AttemptFailure.NOT_HTTP);
            }
        }
    }

    private static String[] fields(int count) {
        return IntStream.range(0, 2 * count)
                .mapToObj(i -> i % 2 == 0 ? "x-a" : "1")
                .toArray(String[]::new);
    }

    @Test
    void shortBodyIsCut() {
        try (H2Server server =
                server(stream -> stream.head(200, "content-length", "50").lastData("hello"))) {
            assertThat(caller.get(at(server)).failure().kind()).isEqualTo(AttemptFailure.CUT);
        }
    }

    @Test
    void resetInsideTheBodyIsACut() {
        try (H2Server server = server(stream -> stream.head(200).data("hello").reset(Http2Error.INTERNAL_ERROR))) {
            UpstreamFailure failure = caller.get(at(server)).failure();

            assertThat(failure.kind()).isEqualTo(AttemptFailure.CUT);
            assertThat(failure.reach()).isEqualTo(Reach.WRITTEN);
        }
    }

    @Test
    void closeInsideTheBodyIsACut() {
        try (H2Server server = server(waiting::add)) {
            Call call = caller.get(at(server));
            Caller.until(() -> !waiting.isEmpty());
            waiting.element().head(200).data("hello");
            Caller.until(() -> call.bytes() == 5);
            waiting.element().closeConnection();

            assertThat(call.failure().kind()).isEqualTo(AttemptFailure.CUT);
            Caller.until(() -> caller.upstreams().openConnections() == 0);
            assertThat(caller.upstreams().idleConnections()).isZero();
        }
    }

    @Test
    void refusedStreamMayBeSentAgain() {
        try (H2Server server = server(stream -> stream.reset(Http2Error.REFUSED_STREAM))) {
            UpstreamFailure failure = caller.get(at(server)).failure();

            assertThat(failure.kind()).isEqualTo(AttemptFailure.RESET_BEFORE_ANSWER);
            assertThat(failure.reach()).isEqualTo(Reach.STALE_CONNECTION);
        }
    }

    @Test
    void resetBeforeTheAnswerOnAFreshConnectionFails() {
        try (H2Server server = server(stream -> stream.reset(Http2Error.INTERNAL_ERROR))) {
            UpstreamFailure failure = caller.get(at(server)).failure();

            assertThat(failure.kind()).isEqualTo(AttemptFailure.RESET_BEFORE_ANSWER);
            assertThat(failure.reach()).isEqualTo(Reach.WRITTEN);
        }
    }

    @Test
    void cancelResetsTheStreamAndKeepsTheConnection() {
        try (H2Server server = server(waiting::add)) {
            Call call = caller.get(at(server));
            Caller.until(() -> !waiting.isEmpty());
            long start = System.nanoTime();
            caller.on(0, () -> call.exchange().cancel());
            Caller.until(() -> server.resets() == 1);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(100));
            Call next = caller.get(at(server));
            Caller.until(() -> waiting.size() == 2);
            waiting.forEach(stream -> stream.headAlone(200));
            assertThat(next.success().exchange().isReused()).isTrue();
            assertThat(server.accepted()).isEqualTo(1);
            assertThat(call.hasEnded()).isFalse();
        }
    }

    @Test
    void streamLimitOfThePeerIsKept() {
        try (H2Server server = new H2Server(null, 2, waiting::add)) {
            List<Call> calls =
                    IntStream.range(0, 6).mapToObj(i -> caller.get(at(server))).toList();
            Caller.until(() -> waiting.size() == 6);
            assertThat(server.accepted()).isEqualTo(3);
            waiting.forEach(stream -> stream.headAlone(200));

            calls.forEach(Call::success);
        }
    }

    @Test
    void noRequestGoesToAConnectionThatIsGoingAway() {
        try (H2Server server = server(waiting::add)) {
            Call first = caller.get(at(server));
            Caller.until(() -> !waiting.isEmpty());
            H2Server.Stream stream = waiting.remove();
            stream.head(200).goAway();
            stream.data("hel");
            Caller.until(() -> first.bytes() == 3);
            Call second = caller.get(at(server));
            Caller.until(() -> !waiting.isEmpty());
            stream.lastData("lo");
            waiting.remove().headAlone(200);

            assertThat(first.success().body()).isEqualTo("hello");
            assertThat(second.success().exchange().isReused()).isFalse();
            assertThat(server.accepted()).isEqualTo(2);
            Caller.until(() -> server.open() == 1);
        }
    }

    @Test
    void answerBeforeTheRequestIsWrittenResetsTheRest() {
        try (H2Server server = server(stream -> stream.head(413).lastData("big"))) {
            Call call = caller.post(at(server), Unpooled.wrappedBuffer(new byte[64 << 20]))
                    .success();

            assertThat(call.status()).isEqualTo(413);
            assertThat(call.body()).isEqualTo("big");
            Caller.until(() -> server.resets() == 1);
            assertThat(server.bodyBytes()).isLessThan(64 << 20);
        }
    }

    @Test
    void pausedStreamHoldsItsSenderAndNoOther() {
        byte[] whole = new byte[4 << 20];
        try (H2Server server = server(stream -> stream.head(200).data(whole, true))) {
            Call paused = new Call(false) {
                @Override
                public void answered(HttpResponse head) {
                    super.answered(head);
                    exchange().pause();
                }
            };
            caller.send(0, at(server), HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, paused);
            paused.answer();
            Call other = caller.get(at(server)).success();

            assertThat(other.bytes()).isEqualTo(whole.length);
            assertThat(paused.bytes()).isLessThanOrEqualTo(300_000);
            assertThat(server.accepted()).isEqualTo(1);
            caller.on(0, () -> paused.exchange().resume());
            assertThat(paused.success().bytes()).isEqualTo(whole.length);
        }
    }

    @Test
    void peerThatSpeaksSomethingElseFails() {
        try (var server = new ScriptedServer(peer -> peer.send("HTTP/1.1 400 Bad Request\nContent-Length: 0\n\n"))) {
            UpstreamTarget target = new UpstreamTarget(
                    "127.0.0.1", server.port(), UpstreamTarget.Protocol.HTTP2_CLEAR, null, Duration.ofSeconds(5));

            assertThat(caller.get(target).failure().kind()).isEqualTo(AttemptFailure.NOT_HTTP);
            assertThat(caller.upstreams().openConnections()).isZero();
        }
    }
}
