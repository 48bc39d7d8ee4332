package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.gateway.http.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers over TLS. */
class GatewayTlsTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    @Test
    void callersOverTlsChooseTheirProtocol() throws Exception {
        try (TestCertificate certificate = new TestCertificate("dns:localhost");
                ScriptedUpstream only = ScriptedUpstream.json(200, "{}");
                TestGateway gateway = TestGateway.start(
                        options -> options.withTls(new TlsFiles(certificate.file(), certificate.keyFile()))
                                .withRelay(RelayPlan.over(only).options()))) {
            for (HttpClient.Version version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
                try (HttpClient client = HttpClient.newBuilder()
                        .version(version)
                        .sslContext(trusting(certificate))
                        .build()) {
                    HttpResponse<String> answer = client.send(
                            HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + "/v1/x"))
                                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.version()).isEqualTo(version);
                }
            }
        }
    }

    @Test
    void otherCertificatesAreShownToNewConnections() throws Exception {
        try (TestCertificate first = new TestCertificate("dns:localhost");
                TestCertificate second = new TestCertificate("dns:localhost");
                TestGateway gateway =
                        TestGateway.start(options -> options.withTls(new TlsFiles(first.file(), first.keyFile())))) {
            assertThat(shown(gateway, first)).isEqualTo(first.certificate());
            Runnable show = gateway.server().otherCertificates(new TlsFiles(second.file(), second.keyFile()));
            assertThat(shown(gateway, first)).isEqualTo(first.certificate());
            show.run();
            assertThat(shown(gateway, second)).isEqualTo(second.certificate());
            assertThatThrownBy(() ->
                            gateway.server().otherCertificates(new TlsFiles(second.file(), Path.of("no-such-key.pem"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no-such-key.pem (expected: PEM files of a certificate and its key)");
        }
    }

    private static Certificate shown(TestGateway gateway, TestCertificate trusted) throws Exception {
        try (SSLSocket socket = (SSLSocket)
                trusting(trusted).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static SSLContext trusting(TestCertificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("gateway", certificate.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
