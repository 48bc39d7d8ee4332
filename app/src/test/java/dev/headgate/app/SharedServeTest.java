package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that share what they learn over Redis. */
class SharedServeTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String BODY = "{\"model\": \"m\", \"messages\": []}";

    private FakeBackend east;
    private FakeBackend west;
    private RedisProcess redis;

    @TempDir
    private Path folder;

    @BeforeEach
    void backends() throws IOException {
        east = FakeBackend.start("east");
        west = FakeBackend.start("west");
        redis = RedisProcess.start();
    }

    @AfterEach
    void end() {
        redis.close();
        east.close();
        west.close();
    }

    @Test
    void backendThatThrottledOneIsNotCalledByTheOther() throws Exception {
        try (ServerProcess one = start();
                ServerProcess other = start()) {
            assertThat(one.post(CHAT, BODY).header("x-headgate-backend")).isEqualTo("east");
            assertThat(other.post(CHAT, BODY).header("x-headgate-backend")).isEqualTo("east");
            int before = east.requests().size();
            east.then(FakeBackend.Reply.throttled(100));

            assertThat(one.post(CHAT, BODY).header("x-headgate-backend")).isEqualTo("west");

            assertThat(other.process().awaitErr("backend cooling backend=east cause=THROTTLED .*source=shared"))
                    .isNotNull();
            for (int i = 0; i < 20; i++) {
                assertThat(other.post(CHAT, BODY).header("x-headgate-backend")).isEqualTo("west");
            }
            assertThat(east.requests()).hasSize(before + 1);
        }
    }

    @Test
    void noRequestFailsWhileRedisIsKilledAndStartedAgainUnderLoad() throws Exception {
        try (ServerProcess one = start();
                ServerProcess other = start()) {
            List<SteadyClient> clients = new ArrayList<>();
            for (ServerProcess server : List.of(one, other)) {
                clients.add(SteadyClient.start(() -> server.post(CHAT, BODY)));
                clients.add(SteadyClient.start(() -> server.post(CHAT, BODY)));
            }
            goOn(clients);
            redis.kill();
            assertThat(one.process().awaitErr("state not shared reason=\"redis: .*"))
                    .isNotNull();
            goOn(clients);
            redis.startAgain();
            assertThat(one.process().awaitErr("(?s).*state shared.*")).isNotNull();
            goOn(clients);
            clients.forEach(SteadyClient::close);
        }
    }

    @Test
    void wrongPasswordStopsTheStartInASentence() throws Exception {
        redis.close();
        redis = RedisProcess.start("--requirepass", "another");
        try (HeadgateProcess server = HeadgateProcess.start(
                "serve", "--port", "0", "--config", config("redis://:s3cret@127.0.0.1:" + redis.port()))) {
            assertThat(server.awaitExit()).isEqualTo(1);
            assertThat(server.err())
                    .containsExactly("headgate serve: shared.redis: 127.0.0.1:" + redis.port()
                            + " refuses user and password (expected: those of a user that it knows)");
        }
    }

    @Test
    void serverStartsWhileRedisIsAway() throws Exception {
        redis.kill();
        try (ServerProcess server = start()) {
            assertThat(server.post(CHAT, BODY).status()).isEqualTo(200);
            assertThat(server.process()
                            .awaitErr("state not shared reason=\"redis: 127.0.0.1:" + redis.port()
                                    + " cannot be reached\""))
                    .isNotNull();
        }
    }

    private static void goOn(List<SteadyClient> clients) throws Exception {
        for (SteadyClient client : clients) {
            client.mark();
        }
        for (SteadyClient client : clients) {
            client.assertGoesOn();
        }
    }

    private ServerProcess start() throws IOException, InterruptedException {
        return ServerProcess.start("--admin-port", "0", "--config", config("redis://127.0.0.1:" + redis.port()));
    }

    private String config(String redisUrl) throws IOException {
        return Files.writeString(folder.resolve("headgate.yaml"), """
                pools:
                  main:
                    backends:
                      - {id: east, url: "%s", priority: 1}
                      - {id: west, url: "%s", priority: 2}
                shared: {redis: "%s"}
                """.formatted(east.url(), west.url(), redisUrl))
                .toString();
    }
}
