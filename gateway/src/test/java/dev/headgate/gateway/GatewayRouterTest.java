package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.admin.Reload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool of backends that is routed by a policy, through the gateway. */
@ExtendWith(CleanLogs.class)
class GatewayRouterTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ANSWER = "{\"choices\":[]}";
    private static final int CONVERSATIONS = 6;
    private static final int TURNS = 4;

    private static FailoverSettings routed(String policy, int maxOngoing, int maxQueued) {
        PoolSettings loop = PoolSettings.DEFAULTS.withMaxOngoing(maxOngoing).withMaxQueued(maxQueued);
        return FailoverSettings.DEFAULTS
                .with()
                .router(new RouterSettings(policy, Map.of(), Composition.DEFAULT, "", "random", loop))
                .build();
    }

    @Test
    void turnsOfAConversationGoWhereItsPrefixIs() {
        try (ScriptedUpstream a = ScriptedUpstream.json(200, ANSWER);
                ScriptedUpstream b = ScriptedUpstream.json(200, ANSWER);
                ScriptedUpstream c = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(a, b, c)
                        .settings(routed("marginal-cost", 0, -1))
                        .start()) {
            for (int turn = 1; turn <= TURNS; turn++) {
                for (int conversation = 0; conversation < CONVERSATIONS; conversation++) {
                    assertThat(gateway.post(CHAT, chat(conversation, turn)).statusCode())
                            .isEqualTo(200);
                }
            }
            for (int conversation = 0; conversation < CONVERSATIONS; conversation++) {
                String begin = "conversation " + conversation + " ";
                List<Long> seen = new ArrayList<>();
                for (ScriptedUpstream upstream : List.of(a, b, c)) {
                    seen.add(upstream.requests().stream()
                            .filter(request -> new String(request.body(), StandardCharsets.UTF_8).contains(begin))
                            .count());
                }
                assertThat(seen).containsExactlyInAnyOrder((long) TURNS, 0L, 0L);
            }
        }
    }

    private static String chat(int conversation, int turns) {
        StringBuilder messages = new StringBuilder();
        for (int turn = 0; turn < turns; turn++) {
            messages.append(turn == 0 ? "" : ",")
                    .append("{\"role\":\"user\",\"content\":\"")
                    .append(("conversation " + conversation + " turn " + turn + ' ').repeat(60))
                    .append("\"}");
        }
        return "{\"model\":\"m\",\"messages\":[" + messages + "]}";
    }

    @Test
    void requestsWaitForARoomAndGoOnWhenThereIsSome() throws InterruptedException {
        CountDownLatch open = new CountDownLatch(1);
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    open.await();
                    line.answer(200, "application/json", ANSWER);
                });
                TestGateway gateway = start(RelayPlan.over(only).settings(routed("least-request", 1, 2)))) {
            List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                int waiting = i - 1;
                asked.add(gateway.postAsync(CHAT, chat(i, 1)));
                TestGateway.await(
                        waiting + " wait", () -> only.requests().size() == 1 && status(gateway, "waiting") == waiting);
            }
            HttpResponse<String> refused = gateway.post(CHAT, chat(4, 1));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("back_pressure");
            open.countDown();
            for (CompletableFuture<HttpResponse<String>> each : asked) {
                assertThat(each.join().statusCode()).isEqualTo(200);
            }
            assertThat(status(gateway, "waiting")).isZero();
            assertThat(status(gateway, "generation")).isEqualTo(1);
        }
    }

    private static TestGateway start(RelayPlan plan) {
        AdminOptions admin = new AdminOptions(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, () -> new Reload.Outcome.Reloaded(1));
        return TestGateway.start(options -> options.withRelay(plan.options()).withAdmin(admin));
    }

    private static int status(TestGateway gateway, String key) {
        URI uri = URI.create(
                "http://127.0.0.1:" + gateway.server().adminAddress().getPort() + "/admin/pools/main/router");
        HttpResponse<String> answer = gateway.send(HttpRequest.newBuilder(uri));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestGateway.json(answer).path(key).asInt();
    }
}
