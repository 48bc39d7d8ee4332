package dev.headgate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.CleanLogs;
import dev.headgate.gateway.ScriptedServer;
import dev.headgate.gateway.TestCertificate;
import dev.headgate.gateway.upstream.UpstreamFailure.Reach;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(CleanLogs.class)
class UpstreamsTlsTest {
    private static final TestCertificate CERTIFICATE = new TestCertificate("ip:127.0.0.1,dns:localhost");

    @AfterAll
    static void delete() throws IOException {
        CERTIFICATE.close();
    }

    private static ScriptedServer echoing(TestCertificate certificate) {
        return new ScriptedServer(certificate.serverSocket(), peer -> {
            while (peer.hasRequest()) {
                peer.answer("got " + peer.request().body().length);
            }
        });
    }

    @Test
    void boringSslIsInUse() {
        assertThat(Upstreams.tlsLibrary()).startsWith("BoringSSL");
    }

    @Test
    void requestsOverTlsReuseTheirConnection() {
        try (ScriptedServer server = echoing(CERTIFICATE);
                Caller caller = new Caller()) {
            UpstreamTarget target =
                    UpstreamTarget.https("localhost", server.port()).trusting(CERTIFICATE.file());

            assertThat(caller.got(target).body()).isEqualTo("got 0");
            Caller.until(() -> caller.upstreams().idleConnections() == 1);
            Call call = caller.post(target, Unpooled.wrappedBuffer(new byte[5 << 20]))
                    .success();
            assertThat(call.body()).isEqualTo("got " + (5 << 20));
            assertThat(call.exchange().isReused()).isTrue();
            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    @Test
    void certificateThatNobodyTrustsFails() {
        try (ScriptedServer server = echoing(CERTIFICATE);
                Caller caller = new Caller()) {
            assertFailsUnsent(caller, UpstreamTarget.https("localhost", server.port()));
        }
    }

    @Test
    void certificateOfAnotherNameFails() throws IOException {
        try (TestCertificate other = new TestCertificate("dns:upstream.test");
                ScriptedServer server = echoing(other);
                Caller caller = new Caller()) {
            assertFailsUnsent(
                    caller, UpstreamTarget.https("localhost", server.port()).trusting(other.file()));
            assertFailsUnsent(
                    caller, UpstreamTarget.https("127.0.0.1", server.port()).trusting(other.file()));
        }
    }

    @Test
    void otherContentsOfTheFileAreTrustedFromTheNextLookOn(@TempDir Path folder) throws IOException {
        try (TestCertificate other = new TestCertificate("dns:localhost");
                ScriptedServer server = echoing(CERTIFICATE);
                Caller caller = new Caller()) {
            Path file = Files.copy(other.file(), folder.resolve("ca.pem"));
            UpstreamTarget plain = UpstreamTarget.https("localhost", server.port());
            UpstreamTarget before = plain.trusting(file);
            assertFailsUnsent(caller, before);
            Files.copy(CERTIFICATE.file(), file, StandardCopyOption.REPLACE_EXISTING);
            UpstreamTarget after = plain.trusting(file);
            caller.upstreams().retain(Set.of(after));

            assertThat(caller.got(after).body()).isEqualTo("got 0");
            assertThat(plain.trusting(file)).isEqualTo(after).isNotEqualTo(before);
        }
    }

    @Test
    void certificateFileThatIsNotThereFails() {
        try (ScriptedServer server = echoing(CERTIFICATE);
                Caller caller = new Caller()) {
            assertFailsUnsent(
                    caller, UpstreamTarget.https("localhost", server.port()).trusting(Path.of("no-such-file.pem")));
        }
    }

    @Test
    void serverThatSpeaksNoTlsFails() {
        try (ScriptedServer server = new ScriptedServer(
                        peer -> peer.send("HTTP/1.1 400 Bad Request\n\n").drain());
                Caller caller = new Caller()) {
            assertFailsUnsent(caller, UpstreamTarget.https("localhost", server.port()));
        }
    }

    @Test
    void handshakeThatTakesTooLongFails() {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::drain);
                Caller caller = new Caller()) {
            UpstreamTarget target =
                    UpstreamTarget.https("localhost", server.port()).within(Duration.ofMillis(200));

            assertThat(caller.get(target).failure().kind()).isEqualTo(AttemptFailure.CONNECT_TIMEOUT);
        }
    }

    private static void assertFailsUnsent(Caller caller, UpstreamTarget target) {
        UpstreamFailure failure = caller.get(target).failure();
        assertThat(failure.kind()).isEqualTo(AttemptFailure.TLS_FAILED);
        assertThat(failure.reach()).isEqualTo(Reach.NOTHING_WRITTEN);
    }

    @Test
    void cancelReachesAServerThatDoesNotRead() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(CERTIFICATE.serverSocket(), peer -> {
                    peer.head();
                    begun.countDown();
                    cancelled.await();
                    peer.drain();
                    closed.countDown();
                });
                Caller caller = new Caller()) {
            UpstreamTarget target =
                    UpstreamTarget.https("localhost", server.port()).trusting(CERTIFICATE.file());
            Call call = caller.post(target, Unpooled.wrappedBuffer(new byte[32 << 20]));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            caller.on(0, () -> call.exchange().cancel());

            Caller.until(() -> caller.upstreams().openConnections() == 0);
            cancelled.countDown();
            assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
