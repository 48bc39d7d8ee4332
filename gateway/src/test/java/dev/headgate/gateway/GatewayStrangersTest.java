package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.admin.Reload;
import dev.headgate.gateway.dispatch.Token;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What those who have no token can make the server do: nothing that costs memory. */
@ExtendWith(CleanLogs.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayStrangersTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[]}";

    private final ScriptedUpstream only = ScriptedUpstream.json(200, "{}");
    private final TestGateway gateway =
            TestGateway.start(options -> options.withRelay(RelayPlan.over(only).options())
                    .withClients(List.of(new GatewayOptions.Client("t", new Token("secret"))))
                    .withAdmin(new AdminOptions(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            new Token("operator"),
                            () -> new Reload.Outcome.Refused("there is no file"))));

    @AfterEach
    void stop() {
        gateway.close();
        only.close();
    }

    private static String head(String path, String length, String... fields) {
        return "POST " + path + " HTTP/1.1\nHost: h\n" + length + "\n" + String.join("\n", fields) + "\n\n";
    }

    @Test
    void bodiesOfStrangersAreNotAskedFor() {
        try (RawClient client = new RawClient(gateway)) {
            client.send(head(CHAT, "Content-Length: 1000000", "Expect: 100-continue"));
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.headers())
                    .containsEntry("www-authenticate", "Bearer")
                    .containsEntry("connection", "close");
            assertThat(answer.body()).contains("the bearer token is missing or wrong");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void bodiesOfStrangersAreNotWaitedFor() {
        try (RawClient client = new RawClient(gateway)) {
            client.send(head(CHAT, "Transfer-Encoding: chunked", "Authorization: Bearer wrong"));
            assertThat(client.send("5\nhello\n").answer().status()).isEqualTo(401);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void streamsOfStrangersAreRefusedByTheirHead() {
        try (H2Client client = new H2Client(gateway)) {
            H2Client.Stream stream = client.open();
            stream.headers("POST", CHAT, false);
            assertThat(stream.answer().status()).isEqualTo(401);
            H2Client.Stream head = client.open();
            head.headers("HEAD", CHAT, true);
            assertThat(head.answer()).isEqualTo(new H2Client.Answer(401, ""));
        }
    }

    @Test
    void operatorsToBeAreRefusedByTheirHead() {
        try (RawClient client = new RawClient(gateway.server().adminAddress().getPort())) {
            client.send(head("/admin/reload", "Content-Length: 1000000"));
            assertThat(client.answer().status()).isEqualTo(401);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void pathsThatAreOpenToAllTakeNoBodies() {
        try (RawClient client = new RawClient(gateway)) {
            client.send(head("/healthz", "Content-Length: 1000000"));
            assertThat(client.answer().status()).isEqualTo(413);
        }
    }

    @Test
    void callersAreServedAsBefore() {
        try (RawClient client = new RawClient(gateway)) {
            client.send(head(CHAT, "Content-Length: " + ASK.length(), "Authorization: Bearer secret") + ASK);
            assertThat(client.answer().status()).isEqualTo(200);
            client.send(head(CHAT, "Content-Length: " + ASK.length(), "Authorization: Bearer secret") + ASK);
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void otherTokensOfOperatorsComeIntoForce() {
        int port = gateway.server().adminAddress().getPort();
        gateway.server().admitOperators(new Token("next"));
        try (RawClient before = new RawClient(port);
                RawClient after = new RawClient(port)) {
            before.send("GET /metrics HTTP/1.1\nHost: h\nAuthorization: Bearer operator\n\n");
            assertThat(before.answer().status()).isEqualTo(401);
            after.send("GET /metrics HTTP/1.1\nHost: h\nAuthorization: Bearer next\n\n");
            assertThat(after.answer().status()).isEqualTo(200);
        }
    }
}
