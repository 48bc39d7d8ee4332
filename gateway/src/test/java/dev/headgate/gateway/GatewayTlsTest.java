package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gateway.http.TlsFiles;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLContext;
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
