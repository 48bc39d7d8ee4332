package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that is asked to end while requests run. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayShutdownTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[]}";
    private static final String ASK_STREAM = "{\"model\":\"m\",\"messages\":[],\"stream\":true}";
    private static final String ANSWER = "{\"id\":\"x\",\"choices\":[]}";

    private final CountDownLatch go = new CountDownLatch(1);

    private ScriptedUpstream waiting() {
        return new ScriptedUpstream((request, line) -> {
            if (request.text().contains("\"stream\"")) {
                line.stream().token("first ");
                ScriptedUpstream.Line.await(go);
                line.token("last").finish();
            } else {
                ScriptedUpstream.Line.await(go);
                line.answer(200, "application/json", ANSWER);
            }
        });
    }

    /** Begins to end the server and waits until it takes no more connections. */
    private static Thread end(TestGateway gateway) {
        int port = gateway.port();
        Thread ending = Thread.ofVirtual().start(gateway::close);
        TestGateway.await("no more connections", () -> !isListening(port));
        return ending;
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void whatIsRelayedEndsFirst() throws Exception {
        try (ScriptedUpstream only = waiting();
                TestGateway gateway = RelayPlan.over(only).start()) {
            CompletableFuture<HttpResponse<String>> whole = gateway.postAsync(CHAT, ASK);
            CompletableFuture<HttpResponse<String>> stream = gateway.postAsync(CHAT, ASK_STREAM);
            TestGateway.await("both run", () -> only.requests().size() == 2);
            Thread ending = end(gateway);
            assertThat(ending.isAlive()).isTrue();
            go.countDown();
            assertThat(whole.join().body()).isEqualTo(ANSWER);
            assertThat(stream.join().body()).contains("last").contains("[DONE]");
            ending.join();
        }
        assertThat(LOGS.lines()).noneMatch(line -> line.contains("backend cooling"));
    }

    @Test
    void answersSayThatTheyAreTheLastOfTheirConnection() throws Exception {
        try (ScriptedUpstream only = waiting();
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient running = new RawClient(gateway);
                RawClient resting = new RawClient(gateway)) {
            assertThat(resting.get("/healthz").answer().headers()).doesNotContainKey("connection");
            running.post(CHAT, ASK);
            TestGateway.await("one runs", () -> only.requests().size() == 1);
            Thread ending = end(gateway);
            RawClient.Answer last = resting.get("/healthz").answer();
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.headers()).containsEntry("connection", "close");
            assertThat(resting.isClosedByServer()).isTrue();
            go.countDown();
            assertThat(running.answer().headers()).containsEntry("connection", "close");
            ending.join();
        }
    }

    @Test
    void streamsOfHttp2EndAfterAGoodbye() throws Exception {
        try (ScriptedUpstream only = waiting();
                TestGateway gateway = RelayPlan.over(only).start();
                H2Client client = new H2Client(gateway)) {
            H2Client.Stream running = client.post(CHAT, ASK);
            TestGateway.await("it runs", () -> only.requests().size() == 1);
            Thread ending = end(gateway);
            TestGateway.await("a goodbye", client::isToldToLeave);
            go.countDown();
            assertThat(running.answer()).isEqualTo(new H2Client.Answer(200, ANSWER));
            ending.join();
        }
    }

    @Test
    void bodyThatIsStillComingIsAnswered() throws Exception {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.send("POST " + CHAT + " HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: " + ASK.length()
                    + "\n\n");
            assertThat(client.answerWithoutBody().status()).isEqualTo(100);
            Thread ending = end(gateway);
            assertThat(client.send(ASK).answer().body()).isEqualTo(ANSWER);
            ending.join();
        }
    }
}
