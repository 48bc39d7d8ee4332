package dev.headgate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.CleanLogs;
import dev.headgate.gateway.ScriptedServer;
import dev.headgate.gateway.transport.Transport;
import dev.headgate.gateway.upstream.UpstreamFailure.Reach;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How connections come, are shared out and go. */
@ExtendWith(CleanLogs.class)
class UpstreamsConnectionTest {
    private static UpstreamTarget at(ScriptedServer server) {
        return UpstreamTarget.http("127.0.0.1", server.port());
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void everyTransportCarriesRequests(Transport transport) {
        try (ScriptedServer server = ScriptedServer.answering("hi");
                Caller caller = new Caller(transport.orNext(), 1, UpstreamSettings.DEFAULTS)) {
            assertThat(caller.got(at(server)).body()).isEqualTo("hi");
            assertThat(caller.got(at(server)).body()).isEqualTo("hi");
        }
    }

    @Test
    void requestsAtOnceGetConnectionsOfTheirOwnAndThoseRest() {
        CountDownLatch all = new CountDownLatch(5);
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    while (peer.hasRequest()) {
                        peer.request();
                        all.countDown();
                        all.await();
                        peer.answer("hi");
                    }
                });
                Caller caller = new Caller()) {
            List<Call> calls =
                    IntStream.range(0, 5).mapToObj(i -> caller.get(at(server))).toList();
            calls.forEach(Call::success);

            Caller.until(() -> caller.upstreams().idleConnections() == 5);
            assertThat(caller.upstreams().openConnections()).isEqualTo(5);
            assertThat(caller.upstreams().openConnections(at(server))).isEqualTo(5);
            assertThat(caller.got(at(server)).exchange().isReused()).isTrue();
            assertThat(server.accepted()).isEqualTo(5);
        }
    }

    @Test
    void loopsDoNotShareConnections() {
        try (ScriptedServer server = ScriptedServer.answering("hi");
                Caller caller = new Caller(2, UpstreamSettings.DEFAULTS)) {
            for (int i = 0; i < 6; i++) {
                caller.send(
                                i % 2,
                                at(server),
                                HttpMethod.GET,
                                "/",
                                Unpooled.EMPTY_BUFFER,
                                ConnectionGate.NONE,
                                new Call())
                        .success();
                int open = Math.min(i + 1, 2);
                Caller.until(() -> caller.upstreams().idleConnections() == open);
            }

            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @Test
    void idleConnectionsAreClosedAfterTheirTime() {
        UpstreamSettings settings = new UpstreamSettings(Duration.ofMillis(80), 10, 10);
        try (ScriptedServer server = ScriptedServer.answering("hi");
                Caller caller = new Caller(1, settings)) {
            caller.got(at(server));

            Caller.until(() -> caller.upstreams().openConnections() == 0 && server.open() == 0);
            assertThat(caller.upstreams().idleConnections()).isZero();
            assertThat(caller.got(at(server)).body()).isEqualTo("hi");
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @Test
    void idleConnectionsBeyondTheirNumberAreClosed() {
        CountDownLatch all = new CountDownLatch(6);
        UpstreamSettings settings = new UpstreamSettings(Duration.ofMinutes(1), 2, 10);
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    all.countDown();
                    all.await();
                    peer.answer("hi").drain();
                });
                Caller caller = new Caller(1, settings)) {
            List<Call> calls =
                    IntStream.range(0, 6).mapToObj(i -> caller.get(at(server))).toList();
            calls.forEach(Call::success);

            Caller.until(() -> caller.upstreams().openConnections() == 2 && server.open() == 2);
        }
    }

    @Test
    void idleConnectionThatTheUpstreamClosesIsForgotten() {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.answer("hi");
                });
                Caller caller = new Caller()) {
            caller.got(at(server));
            Caller.until(() -> caller.upstreams().openConnections() == 0);

            assertThat(caller.got(at(server)).exchange().isReused()).isFalse();
        }
    }

    @Test
    void unaskedBytesCloseAnIdleConnection() {
        CountDownLatch speak = new CountDownLatch(1);
        AtomicLong closed = new AtomicLong(-1);
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.answer("hi");
                    speak.await();
                    peer.send("HTTP/1.1 408 Request Timeout\nContent-Length: 0\n\n");
                    closed.set(peer.drain());
                });
                Caller caller = new Caller()) {
            caller.got(at(server));
            Caller.until(() -> caller.upstreams().idleConnections() == 1);
            speak.countDown();

            Caller.until(() -> closed.get() == 0 && caller.upstreams().openConnections() == 0);
        }
    }

    @Test
    void reusedConnectionThatClosesBeforeTheFirstByteIsStale() {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.answer("hi");
                    peer.request();
                    peer.reset();
                });
                Caller caller = new Caller()) {
            caller.got(at(server));
            Caller.until(() -> caller.upstreams().idleConnections() == 1);
            UpstreamFailure failure = caller.get(at(server)).failure();

            assertThat(failure.kind()).isEqualTo(AttemptFailure.RESET_BEFORE_ANSWER);
            assertThat(failure.reach()).isEqualTo(Reach.STALE_CONNECTION);
        }
    }

    @Test
    void reusedConnectionThatClosesInsideTheHeadIsNotStale() {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.answer("hi");
                    peer.request();
                    peer.send("HT");
                });
                Caller caller = new Caller()) {
            caller.got(at(server));
            Caller.until(() -> caller.upstreams().idleConnections() == 1);
            UpstreamFailure failure = caller.get(at(server)).failure();

            assertThat(failure.kind()).isEqualTo(AttemptFailure.NOT_HTTP);
            assertThat(failure.reach()).isEqualTo(Reach.WRITTEN);
        }
    }

    @Test
    void resetInsideABodyThatACloseWouldEndIsACut() {
        CountDownLatch told = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\n\nhello");
                    told.await();
                    peer.reset();
                });
                Caller caller = new Caller()) {
            Call call = caller.get(at(server));
            Caller.until(() -> call.bytes() == 5);
            told.countDown();

            assertThat(call.failure().kind()).isEqualTo(AttemptFailure.CUT);
        }
    }

    @Test
    void cancelIsSeenByTheServerWithin100Millis() throws InterruptedException {
        AtomicLong seenNanos = new AtomicLong();
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\nContent-Length: 100\n\nhello");
                    peer.drain();
                    seenNanos.set(System.nanoTime());
                    seen.countDown();
                });
                Caller caller = new Caller()) {
            Call call = caller.get(at(server));
            Caller.until(() -> call.bytes() == 5);
            long start = System.nanoTime();
            caller.on(0, () -> call.exchange().cancel());

            assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(seenNanos.get() - start)).isLessThan(Duration.ofMillis(100));
            Caller.until(() -> caller.upstreams().openConnections() == 0);
            assertThat(call.hasEnded()).isFalse();
        }
    }

    @Test
    void cancelInsideTheFirstCallOfTheListenerIsObeyed() {
        try (ScriptedServer server = ScriptedServer.answering("hi");
                Caller caller = new Caller()) {
            Call call = new Call() {
                @Override
                public void answered(HttpResponse head) {
                    super.answered(head);
                    exchange().cancel();
                }
            };
            caller.send(0, at(server), HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, call);
            call.answer();

            Caller.until(() -> caller.upstreams().openConnections() == 0);
            assertThat(call.hasEnded()).isFalse();
            assertThat(call.bytes()).isZero();
        }
    }

    @Test
    void cancelWhileConnectingLeavesAConnectionForTheNext() {
        try (ScriptedServer server = ScriptedServer.answering("hi");
                Caller caller = new Caller()) {
            Call cancelled = new Call() {
                @Override
                void began(UpstreamExchange sent) {
                    sent.cancel();
                }
            };
            caller.send(0, at(server), HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, cancelled);
            Caller.until(() -> caller.upstreams().idleConnections() == 1);

            assertThat(caller.got(at(server)).body()).isEqualTo("hi");
            assertThat(server.accepted()).isEqualTo(1);
            assertThat(cancelled.hasEnded()).isFalse();
        }
    }

    @Test
    void pausedAnswerIsNotReadAndHoldsTheUpstream() {
        AtomicLong sent = new AtomicLong();
        byte[] chunk = new byte[1 << 16];
        long whole = 64L << 20;
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\nContent-Length: " + whole + "\n\n");
                    while (sent.get() < whole) {
                        peer.send(chunk);
                        sent.addAndGet(chunk.length);
                    }
                });
                Caller caller = new Caller()) {
            Call call = new Call(false) {
                @Override
                public void answered(HttpResponse head) {
                    super.answered(head);
                    exchange().pause();
                }
            };
            caller.send(0, at(server), HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, call);
            call.answer();
            awaitStandstill(sent);

            assertThat(call.bytes()).isLessThanOrEqualTo(1 << 17);
            assertThat(sent.get()).isLessThan(whole);
            caller.on(0, () -> call.exchange().resume());
            assertThat(call.success().bytes()).isEqualTo(whole);
        }
    }

    /** Waits until the sockets' buffers are full, so that the sender stands still. */
    private static void awaitStandstill(AtomicLong sent) {
        long before = -1;
        while (before != sent.get()) {
            before = sent.get();
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    @Test
    void largeRequestBodyOfManyPiecesArrives() {
        AtomicLong arrived = new AtomicLong();
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    byte[] body = peer.request().body();
                    long sum = 0;
                    for (byte b : body) {
                        sum += b;
                    }
                    arrived.set(body.length + sum);
                    peer.answer("ok").drain();
                });
                Caller caller = new Caller()) {
            var body = Unpooled.compositeBuffer(2000);
            for (int i = 0; i < 800; i++) {
                body.addComponent(true, Unpooled.wrappedBuffer(filled(1 << 16)));
            }

            caller.post(at(server), body).success();
            assertThat(arrived.get()).isEqualTo(2L * 800 * (1 << 16));
            assertThat(body.refCnt()).isZero();
            Caller.until(() -> caller.upstreams().idleConnections() == 1);
        }
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 1);
        return bytes;
    }

    @Test
    void answerBeforeTheRequestIsWrittenIsToldAndTheConnectionNotReused() {
        CountDownLatch told = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.head();
                    peer.send("HTTP/1.1 413 Too Large\nContent-Length: 3\n\nbig");
                    told.await();
                });
                Caller caller = new Caller()) {
            var body = Unpooled.wrappedBuffer(new byte[32 << 20]);
            Call call = caller.post(at(server), body).success();

            assertThat(call.status()).isEqualTo(413);
            assertThat(call.body()).isEqualTo("big");
            Caller.until(() -> caller.upstreams().openConnections() == 0);
            Caller.until(() -> body.refCnt() == 0);
            told.countDown();
        }
    }

    @Test
    void answerBeforeAResetIsToldAlthoughTheRequestCouldNotBeWritten() {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.head();
                    peer.send("HTTP/1.1 413 Too Large\nContent-Length: 3\nConnection: close\n\nbig");
                });
                Caller caller = new Caller()) {
            for (int i = 0; i < 20; i++) {
                Call call = caller.post(at(server), Unpooled.wrappedBuffer(new byte[8 << 20]));

                assertThat(call.success().status()).isEqualTo(413);
                assertThat(call.body()).isEqualTo("big");
            }
        }
    }

    @Test
    void refusedConnectionFails() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (Caller caller = new Caller()) {
            var body = Unpooled.wrappedBuffer(new byte[10]);
            UpstreamFailure failure =
                    caller.post(UpstreamTarget.http("localhost", port), body).failure();

            assertThat(failure.kind()).isEqualTo(AttemptFailure.CONNECT_REFUSED);
            assertThat(failure.reach()).isEqualTo(Reach.NOTHING_WRITTEN);
            assertThat(body.refCnt()).isZero();
            assertThat(caller.upstreams().openConnections()).isZero();
        }
    }

    @Test
    void connectionThatIsNotThereInTimeFails() throws IOException {
        List<Socket> fillers = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Caller caller = new Caller()) {
            for (int i = 0; i < 4; i++) { // nobody accepts: the backlog is full and further attempts hang
                Socket filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(full.getLocalSocketAddress(), 100);
                } catch (IOException e) {
                    break;
                }
            }
            UpstreamTarget target =
                    UpstreamTarget.http("127.0.0.1", full.getLocalPort()).within(Duration.ofMillis(150));
            UpstreamFailure failure = caller.get(target).failure();

            assertThat(failure.kind()).isEqualTo(AttemptFailure.CONNECT_TIMEOUT);
            assertThat(failure.reach()).isEqualTo(Reach.NOTHING_WRITTEN);
            assertThat(caller.upstreams().openConnections()).isZero();
        } finally {
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void unknownNameFails() {
        try (Caller caller = new Caller()) {
            UpstreamFailure failure =
                    caller.get(UpstreamTarget.http("no-such-host.invalid", 80)).failure();

            assertThat(failure.kind()).isIn(AttemptFailure.NAME_NOT_RESOLVED, AttemptFailure.CONNECT_TIMEOUT);
            assertThat(failure.reach()).isEqualTo(Reach.NOTHING_WRITTEN);
        }
    }

    @Test
    void addressesAreTriedInOrder() {
        try (ScriptedServer server = ScriptedServer.answering("hi");
                Caller caller = new Caller()) {
            assertThat(caller.got(UpstreamTarget.http("localhost", server.port()))
                            .body())
                    .isEqualTo("hi");
        }
    }

    @Test
    void closeEndsWhatIsOpen() {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\nContent-Length: 100\n\nhello").drain();
                });
                Caller caller = new Caller()) {
            Call running = caller.get(at(server));
            Caller.until(() -> running.bytes() == 5);
            caller.upstreams().close();

            assertThat(running.failure().kind()).isEqualTo(AttemptFailure.CUT);
            assertThat(caller.get(at(server)).failure().kind()).isEqualTo(AttemptFailure.CONNECT_REFUSED);
            Caller.until(() -> caller.upstreams().openConnections() == 0 && server.open() == 0);
        }
    }

    @Test
    void flushMomentFollowsEachReadOfABody() {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\nContent-Length: 100\n\nhello");
                    peer.drain();
                });
                Caller caller = new Caller()) {
            Call call = caller.get(at(server));

            Caller.until(() -> call.readCompletes() == 1);
            assertThat(call.bytes()).isEqualTo(5);
        }
    }
}
