package dev.headgate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.CleanLogs;
import dev.headgate.gateway.ScriptedServer;
import dev.headgate.gateway.upstream.UpstreamFailure.Reach;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gateway.md §10, rule by rule. */
@ExtendWith(CleanLogs.class)
class UpstreamsHttp1Test {
    private final Caller caller = new Caller();

    @AfterEach
    void close() {
        caller.close();
    }

    /** Answers the first request of each connection with {@code text} and then closes. */
    private Call answeredWith(String text) {
        return answeredWith(HttpMethod.GET, text);
    }

    private Call answeredWith(HttpMethod method, String text) {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.request();
            peer.send(text);
        })) {
            UpstreamTarget target = UpstreamTarget.http("127.0.0.1", server.port());
            Call call = new Call();
            caller.send(0, target, method, "/", Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, call);
            call.end();
            return call;
        }
    }

    /** Answers each request with {@code text} and leaves the connection open; returns how many the next one needs. */
    private int connectionsForTwo(String text) {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            while (peer.hasRequest()) {
                peer.request();
                peer.send(text);
            }
        })) {
            UpstreamTarget target = UpstreamTarget.http("127.0.0.1", server.port());
            caller.got(target);
            Caller.until(() ->
                    caller.upstreams().idleConnections() == caller.upstreams().openConnections());
            caller.got(target);
            return server.accepted();
        }
    }

    @Test
    void answerWithLengthIsTold() {
        Call call = answeredWith("HTTP/1.1 200 OK\nContent-Length: 5\nX-A: 1\nX-A: 2\n\nhello")
                .success();

        assertThat(call.status()).isEqualTo(200);
        assertThat(call.answer().headers().getAll("x-a")).containsExactly("1", "2");
        assertThat(call.body()).isEqualTo("hello");
        assertThat(call.bodyEnd()).isEqualTo(BodyEnd.MARKED);
    }

    @Test
    void requestGoesOutAsItIs() {
        AtomicReference<String> seen = new AtomicReference<>();
        try (ScriptedServer server = new ScriptedServer(peer -> {
            ScriptedServer.Request request = peer.request();
            seen.set(request.head() + new String(request.body(), StandardCharsets.UTF_8));
            peer.answer("ok");
        })) {
            UpstreamTarget target = UpstreamTarget.http("127.0.0.1", server.port());
            var body = Unpooled.wrappedBuffer(bytes("{\"a\":"), bytes("1}"));
            caller.send(0, target, HttpMethod.POST, "/a%2Fb//c?x=%20y", body, ConnectionGate.NONE, new Call())
                    .success();

            assertThat(seen.get())
                    .isEqualTo("POST /a%2Fb//c?x=%20y HTTP/1.1\r\nhost: 127.0.0.1:" + server.port()
                            + "\r\ncontent-length: 7\r\n\r\n{\"a\":1}");
        }
    }

    @Test
    void connectionIsUsedAgain() {
        assertThat(connectionsForTwo("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"))
                .isEqualTo(1);
        assertThat(connectionsForTwo("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n"))
                .isEqualTo(1);
        assertThat(connectionsForTwo("HTTP/1.1 204 No Content\n\n")).isEqualTo(1);
        assertThat(connectionsForTwo("HTTP/1.1 304 Not Modified\nContent-Length: 7\n\n"))
                .isEqualTo(1);
    }

    @Test
    void connectionIsNotUsedAgainAfterIrregularAnswers() {
        assertThat(connectionsForTwo("HTTP/1.1 200 OK\nConnection: foo, Close\nContent-Length: 2\n\nhi"))
                .isEqualTo(2);
        assertThat(connectionsForTwo("HTTP/1.0 200 OK\nConnection: keep-alive\nContent-Length: 2\n\nhi"))
                .isEqualTo(2);
        assertThat(connectionsForTwo("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi!"))
                .isEqualTo(2);
        assertThat(connectionsForTwo("HTTP/1.1 200 OK\nContent-Length: 9\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n"))
                .isEqualTo(2);
    }

    @Test
    void surplusIsNotTold() {
        Call call = answeredWith("HTTP/1.1 200 OK\nContent-Length: 2\n\nhiHTTP/1.1 200 OK\nContent-Length: 3\n\nbye");

        assertThat(call.success().body()).isEqualTo("hi");
    }

    @Test
    void codingBeatsLength() {
        Call call = answeredWith("HTTP/1.1 200 OK\nContent-Length: 9\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n");

        assertThat(call.success().body()).isEqualTo("hello");
        assertThat(call.answer().headers().contains("content-length")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0 200 OK\n\nhello", "HTTP/1.1 200 OK\nConnection: close\n\nhello"})
    void closeEndsBodyWithoutLength(String text) {
        Call call = answeredWith(text).success();

        assertThat(call.body()).isEqualTo("hello");
        assertThat(call.bodyEnd()).isEqualTo(BodyEnd.CLOSED);
    }

    @Test
    void interimAnswersAreConsumed() {
        String interims = "HTTP/1.1 100 Continue\n\nHTTP/1.1 102 Processing\nX: 1\n\n".repeat(4);

        assertThat(answeredWith(interims + "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi")
                        .success()
                        .body())
                .isEqualTo("hi");
        assertThat(answeredWith(interims + "HTTP/1.1 103 Early Hints\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\n")
                        .failure()
                        .kind())
                .isEqualTo(AttemptFailure.NOT_HTTP);
    }

    @Test
    void interimAnswerBeforeAnswerToHeadIsConsumed() {
        Call call = answeredWith(HttpMethod.HEAD, "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: 500\n\n")
                .success();

        assertThat(call.body()).isEmpty();
        assertThat(call.answer().headers().get("content-length")).isEqualTo("500");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\nUpgrade: h2c\nConnection: Upgrade\n\n",
                "HTTP/1.1 99 Low\nContent-Length: 0\n\n",
                "HTTP/1.1 600 High\nContent-Length: 0\n\n",
                "HTTP/1.1 2000 Long\nContent-Length: 0\n\n",
                "HTTP/1.1 +20 Sign\nContent-Length: 0\n\n",
                "HTTP/1.1 OK 200\nContent-Length: 0\n\n",
                "HTTP/2.0 200 OK\nContent-Length: 0\n\n",
                "ICY 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3\n\nhi!",
                "HTTP/1.1 200 OK\nContent-Length: 2, 3\n\nhi!",
                "HTTP/1.1 200 OK\nContent-Length: -2\n\nhi!",
                "HTTP/1.1 200 OK\nContent-Length: two\n\nhi!",
                "HTTP/1.1 200 OK\nX-A: 1\n folded\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\n\tfolded: 1\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\nX-A: a\u0001b\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\nX-A: a\u0000b\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\nX-A: a\u007fb\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\nX-A: a\rb\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\nTransfer-Encoding: gzip\nContent-Length: 2\n\nhi",
                "HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n2\nhi\n0\n\n",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked, gzip\n\n2\nhi\n0\n\n",
                "HTTP/1.1 200 OK\nX-A: 1",
                "HTTP/1.1 20",
                "SSH-2.0-OpenSSH_9.2p1\n",
                "{\"error\":\"nonsense\"}\n\n",
                "\u0015\u0003\u0001\u0000\u0002\u0002"
            })
    void malformedHeadFails(String text) {
        UpstreamFailure failure = answeredWith(text).failure();

        assertThat(failure.kind()).isEqualTo(AttemptFailure.NOT_HTTP);
        assertThat(failure.reach()).isEqualTo(Reach.WRITTEN);
        assertThat(failure.detail()).doesNotContain("folded:").doesNotContain("nonsense");
    }

    @Test
    void equalLengthsAreOne() {
        assertThat(answeredWith("HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 2\n\nhi")
                        .success()
                        .body())
                .isEqualTo("hi");
    }

    @Test
    void headOf64KibibytesPassesAndLongerOnesFail() {
        String start = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: ";
        int rest = AnswerDecoder.MAX_HEAD_BYTES - start.length() - 4;

        assertThat(answeredWith((start + "a".repeat(rest)).replace("\r", "") + "\n\nhi")
                        .success()
                        .body())
                .isEqualTo("hi");
        assertThat(answeredWith((start + "a".repeat(rest + 1)).replace("\r", "") + "\n\nhi")
                        .failure()
                        .kind())
                .isEqualTo(AttemptFailure.NOT_HTTP);
    }

    @Test
    void headWith200FieldsPassesAndMoreFail() {
        String fields = "X-A: 1\n".repeat(199);

        assertThat(answeredWith("HTTP/1.1 200 OK\nContent-Length: 2\n" + fields + "\nhi")
                        .success()
                        .body())
                .isEqualTo("hi");
        assertThat(answeredWith("HTTP/1.1 200 OK\nContent-Length: 2\nX-B: 1\n" + fields + "\nhi")
                        .failure()
                        .kind())
                .isEqualTo(AttemptFailure.NOT_HTTP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\n", "", "HTTP/1.1 200 OK\nX-A: "})
    void endlessHeadIsCutOff(String start) {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.request();
            peer.send(start);
            String more = start.endsWith(": ") ? "a".repeat(1000) : start.isEmpty() ? "\n".repeat(1000) : "X-A: 1\n";
            while (true) {
                peer.send(more);
            }
        })) {
            Call call = caller.get(UpstreamTarget.http("127.0.0.1", server.port()));

            assertThat(call.failure().kind()).isEqualTo(AttemptFailure.NOT_HTTP);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 50\n\nhello",
                "Transfer-Encoding: chunked\n\n5\nhello\n",
                "Transfer-Encoding: chunked\n\n5\nhello\n0\n",
                "Transfer-Encoding: chunked\n\n5\nhello\nxyz\nhello\n0\n\n",
                "Transfer-Encoding: chunked\n\n5\nhello\n-1\nhello\n0\n\n",
                "Transfer-Encoding: chunked\n\n5\nhello\nffffffffffffffff\nhello\n0\n\n",
                "Transfer-Encoding: chunked\n\n5\nhello!!5\nhello\n0\n\n"
            })
    void unfinishedBodyIsCut(String text) {
        Call call = answeredWith("HTTP/1.1 200 OK\n" + text);

        assertThat(call.failure().kind()).isEqualTo(AttemptFailure.CUT);
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.body()).isEqualTo("hello");
    }

    @Test
    void trailersAreTold() {
        Call call =
                answeredWith("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTrailer: X-T\n\n2;a=b\nhi\n0\nX-T: 1\n\n");

        assertThat(call.trailers().get("x-t")).isEqualTo("1");
        assertThat(call.answer().headers().contains("x-t")).isFalse();
        assertThat(call.body()).isEqualTo("hi");
    }

    @Test
    void closeBeforeTheFirstByteOnAFreshConnectionIsAReset() {
        UpstreamFailure failure = answeredWith("").failure();

        assertThat(failure.kind()).isEqualTo(AttemptFailure.RESET_BEFORE_ANSWER);
        assertThat(failure.reach()).isEqualTo(Reach.WRITTEN);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
