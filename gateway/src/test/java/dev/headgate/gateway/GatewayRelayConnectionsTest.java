package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.gateway.transport.Transport;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the relay makes of connections to backends: full ones, stale ones. */
@ExtendWith(CleanLogs.class)
class GatewayRelayConnectionsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[]}";
    private static final String ANSWER = "{\"id\":\"x\",\"choices\":[]}";

    private static FailoverSettings limited(BreakerSettings breaker) {
        return RelayPlan.with(FailoverSettings.DEFAULTS, breaker);
    }

    @Test
    void backendWithoutRoomForAConnectionIsPassedOver() {
        CountDownLatch go = new CountDownLatch(1);
        BreakerSettings breaker = RelayPlan.perEndpoint(1, 10, 0, BreakerSettings.Body.ENVOY);
        try (ScriptedUpstream first = new ScriptedUpstream((request, line) -> {
                    ScriptedUpstream.Line.await(go);
                    line.answer(200, "application/json", ANSWER);
                });
                ScriptedUpstream second = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway =
                        RelayPlan.over(first, second).settings(limited(breaker)).start()) {
            CompletableFuture<HttpResponse<String>> running = gateway.postAsync(CHAT, ASK);
            TestGateway.await("one runs", () -> !first.requests().isEmpty());
            HttpResponse<String> other = gateway.post(CHAT, ASK);
            assertThat(other.statusCode()).isEqualTo(200);
            assertThat(other.headers().firstValue("x-headgate-backend")).contains("b2");
            go.countDown();
            assertThat(running.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void poolsOfFullBackendsOverflowInTheShapeThatTheBreakerSays() {
        CountDownLatch go = new CountDownLatch(1);
        BreakerSettings breaker = RelayPlan.perEndpoint(1, 1, 0, BreakerSettings.Body.OPENAI);
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    ScriptedUpstream.Line.await(go);
                    line.answer(200, "application/json", ANSWER);
                });
                TestGateway gateway =
                        RelayPlan.over(only).settings(limited(breaker)).start()) {
            CompletableFuture<HttpResponse<String>> running = gateway.postAsync(CHAT, ASK);
            TestGateway.await("one runs", () -> !only.requests().isEmpty());
            HttpResponse<String> refused = gateway.post(CHAT, ASK);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("x-envoy-overloaded")).contains("true");
            assertThat(refused.body()).contains("\"code\":\"overloaded\"");
            go.countDown();
            assertThat(running.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void connectionsToBackendsThatAReloadRemovesAreClosed() {
        try (ScriptedUpstream before = ScriptedUpstream.json(200, ANSWER);
                ScriptedUpstream after = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(before).startOnOneLoop()) {
            CountDownLatch left = new CountDownLatch(1);
            before.script((request, line) -> {
                line.answer(200, "application/json", ANSWER);
                if (line.isLeft()) {
                    left.countDown();
                }
            });
            assertThat(gateway.post(CHAT, ASK).statusCode()).isEqualTo(200);
            gateway.server().reload(RelayPlan.over(after).options());
            TestGateway.await("the old connection is closed", () -> left.getCount() == 0);
            assertThat(gateway.post(CHAT, ASK).statusCode()).isEqualTo(200);
            assertThat(after.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void everyTransportRelaysAndSaysWhichItIs(Transport wanted) {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = TestGateway.start(options ->
                        options.withRelay(RelayPlan.over(only).options()).withTransport(wanted))) {
            assertThat(gateway.server().transport()).isEqualTo(wanted.orNext());
            assertThat(gateway.post(CHAT, ASK).body()).isEqualTo(ANSWER);
        }
    }

    @Test
    void requestLostOnAStaleConnectionGoesToAFreshOne() {
        CountDownLatch both = new CountDownLatch(2);
        Map<ScriptedUpstream.Line, Integer> served = new ConcurrentHashMap<>();
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    if (served.merge(line, 1, Integer::sum) > 1) {
                        line.cut();
                        return;
                    }
                    both.countDown();
                    ScriptedUpstream.Line.await(both);
                    line.answer(200, "application/json", ANSWER);
                });
                TestGateway gateway = RelayPlan.over(only).startOnOneLoop()) {
            CompletableFuture<HttpResponse<String>> one = gateway.postAsync(CHAT, ASK);
            CompletableFuture<HttpResponse<String>> other = gateway.postAsync(CHAT, ASK);
            assertThat(one.join().statusCode()).isEqualTo(200);
            assertThat(other.join().statusCode()).isEqualTo(200);
            HttpResponse<String> third = gateway.post(CHAT, ASK);
            assertThat(third.statusCode()).isEqualTo(200);
            assertThat(third.headers().firstValue("x-headgate-attempts")).contains("1");
            assertThat(only.connections()).isEqualTo(3);
        }
    }
}
