package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.signal.EngineType;
import dev.headgate.core.signal.SignalSettings;
import dev.headgate.core.signal.SignalSettings.EngineMetrics;
import dev.headgate.gateway.relay.Credential;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Engines' metrics on their way to the policy of a pool. */
@ExtendWith(CleanLogs.class)
class GatewayEngineMetricsTest {
    private static final String ANSWER = "{\"choices\":[]}";
    private static final String METRICS = "metrics";

    private static FailoverSettings reading(String policy, Duration timeout) {
        EngineMetrics metrics = new EngineMetrics(EngineType.VLLM, "/metrics", 0, Duration.ofMillis(50), timeout);
        return AdminGateway.routed(policy, PoolSettings.DEFAULTS, SignalSettings.DEFAULTS.reading(metrics));
    }

    /** Returns an engine whose pages are what {@code page} makes of the number of requests that it has answered. */
    private static ScriptedUpstream engine(LongFunction<String> page) {
        AtomicLong served = new AtomicLong();
        return new ScriptedUpstream((request, line) -> {
            if (request.target().equals("/metrics")) {
                line.answer(200, "text/plain; version=0.0.4", page.apply(served.get()));
            } else {
                served.incrementAndGet();
                line.answer(200, "application/json", ANSWER);
            }
        });
    }

    private static long chats(ScriptedUpstream upstream) {
        return upstream.requests().stream()
                .filter(request -> !request.target().equals("/metrics"))
                .count();
    }

    @Test
    void engineWithAQueueIsAvoidedAndItsPagesComeOverOneConnection() {
        try (ScriptedUpstream busy = engine(served -> VllmPage.large(40, 60, 0.97, served, 8));
                ScriptedUpstream idle = engine(served -> VllmPage.large(0, 1, 0.02, served, 8));
                AdminGateway gateway = AdminGateway.start(
                        RelayPlan.over(busy, idle).asEquals().settings(reading("gie", Duration.ofSeconds(1))))) {
            TestGateway.await(
                    "both are read",
                    () -> gateway.asked("b1", METRICS, "ok") > 1 && gateway.asked("b2", METRICS, "ok") > 1);
            for (int i = 0; i < 20; i++) {
                assertThat(gateway.chat("hello").statusCode()).isEqualTo(200);
            }
            assertThat(chats(busy)).isZero();
            assertThat(chats(idle)).isEqualTo(20);
            TestGateway.await("ten pages", () -> gateway.asked("b1", METRICS, "ok") > 10);
            assertThat(busy.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeTrueIsDroppedAndCounted() {
        try (ScriptedUpstream liar = engine(served -> VllmPage.of(-3, Double.NaN, 1.5, served));
                ScriptedUpstream honest = engine(served -> VllmPage.of(0, 0, 0, served));
                AdminGateway gateway = AdminGateway.start(
                        RelayPlan.over(liar, honest).asEquals().settings(reading("gie", Duration.ofSeconds(1))))) {
            TestGateway.await(
                    "both are read",
                    () -> gateway.asked("b1", METRICS, "nothing") > 0 && gateway.asked("b2", METRICS, "ok") > 0);
            for (String reason : List.of("negative", "not_a_number", "too_large")) {
                assertThat(gateway.counted("headgate_engine_fields_dropped_total{pool=\"main\",backend=\"b1\",reason=\""
                                + reason + "\"}"))
                        .as(reason)
                        .isPositive();
            }
            assertThat(gateway.counted("headgate_engine_fields_dropped_total{pool=\"main\",backend=\"b2\""))
                    .isZero();
            assertThat(gateway.chat("hello").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void frozenPageIsNoticedOnceRequestsHaveGoneThere() {
        String page = VllmPage.of(0, 0, 0, 7);
        try (ScriptedUpstream frozen = engine(served -> page);
                AdminGateway gateway =
                        AdminGateway.start(RelayPlan.over(frozen).settings(reading("gie", Duration.ofSeconds(1))))) {
            TestGateway.await("it is read", () -> gateway.asked("b1", METRICS, "ok") > 2);
            assertThat(gateway.asked("b1", METRICS, "frozen")).isZero();
            assertThat(gateway.chat("hello").statusCode()).isEqualTo(200);
            TestGateway.await("it is frozen", () -> gateway.asked("b1", METRICS, "frozen") > 0);
            assertThat(gateway.chat("hello").statusCode()).isEqualTo(200);
            assertThat(gateway.counted(
                            "headgate_engine_fields_dropped_total{pool=\"main\",backend=\"b1\",reason=\"frozen\"}"))
                    .isPositive();
        }
    }

    @Test
    void engineThatDoesNotShowItsMetricsServesNonetheless() {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger longest = new AtomicInteger();
        try (ScriptedUpstream none = ScriptedUpstream.json(404, "{}");
                ScriptedUpstream silent = new ScriptedUpstream((request, line) -> {
                    if (request.target().equals("/metrics")) {
                        end.await();
                    } else {
                        line.answer(200, "application/json", ANSWER);
                    }
                });
                ScriptedUpstream endless = new ScriptedUpstream((request, line) -> endless(line, longest));
                ScriptedUpstream broken = new ScriptedUpstream((request, line) -> {
                    line.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nvllm:num_requests_waiting 50\n");
                    line.cut();
                });
                AdminGateway gateway = AdminGateway.start(RelayPlan.over(none, silent, endless, broken)
                        .asEquals()
                        .settings(reading("least-request", Duration.ofMillis(200))))) {
            TestGateway.await(
                    "all four are counted",
                    () -> gateway.asked("b1", METRICS, "status") > 0
                            && gateway.asked("b2", METRICS, "timeout") > 0
                            && gateway.asked("b3", METRICS, "too_long") + gateway.asked("b3", METRICS, "timeout") > 0
                            && gateway.asked("b4", METRICS, "broken") > 0);
            end.countDown();
        }
    }

    private static void endless(ScriptedUpstream.Line line, AtomicInteger longest) throws IOException {
        line.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        String lines = "some_metric{a=\"b\"} 1\n".repeat(5000);
        while (longest.incrementAndGet() < 10_000) {
            line.chunk(lines);
        }
    }

    @Test
    void credentialGoesAlongToTheBackendsOwnPortOnly() {
        try (ScriptedUpstream api = engine(served -> VllmPage.of(0, 0, 0, served));
                ScriptedUpstream other = engine(served -> VllmPage.of(0, 0, 0, served))) {
            Credential key = Credential.apiKey(Credential.Header.AUTHORIZATION, "sesame");
            RelayPlan own = new RelayPlan().with(api, key, "/prefix", Map.of());
            try (AdminGateway gateway = AdminGateway.start(own.settings(reading("gie", Duration.ofSeconds(1))))) {
                TestGateway.await("it is read", () -> gateway.asked("b1", METRICS, "ok") > 0);
            }
            assertThat(api.requests().getFirst().target()).isEqualTo("/metrics");
            assertThat(api.requests().getFirst().all("authorization")).containsExactly("Bearer sesame");
            EngineMetrics elsewhere = new EngineMetrics(
                    EngineType.VLLM, "/metrics", other.port(), Duration.ofMillis(50), Duration.ofSeconds(1));
            FailoverSettings settings =
                    AdminGateway.routed("gie", PoolSettings.DEFAULTS, SignalSettings.DEFAULTS.reading(elsewhere));
            RelayPlan beside = new RelayPlan().with(api, key, "", Map.of());
            try (AdminGateway gateway = AdminGateway.start(beside.settings(settings))) {
                TestGateway.await("it is read", () -> gateway.asked("b1", METRICS, "ok") > 0);
            }
            List<String> shown = new ArrayList<>();
            other.requests().forEach(request -> shown.addAll(request.all("authorization")));
            assertThat(other.requests()).isNotEmpty();
            assertThat(shown).isEmpty();
        }
    }
}
