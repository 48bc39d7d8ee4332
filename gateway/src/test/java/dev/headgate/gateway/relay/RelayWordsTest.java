package dev.headgate.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverPlan.ModelRoute;
import dev.headgate.core.failover.FailoverPlan.PoolPlan;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class RelayWordsTest {
    @Test
    void callersWordStaysOnItsLineOfTheLog() {
        assertThat(RelayEvents.shown("m\n12:00 INFO \u001b[31m")).isEqualTo("m?12:00 INFO ?[31m");
        assertThat(RelayEvents.shown("m".repeat(101))).isEqualTo("m".repeat(100) + "…");
        assertThat(RelayEvents.shown("gpt-4o")).isEqualTo("gpt-4o");
    }

    @Test
    void requestWithoutAModelHasTheSettingsOfThePoolThatItGoesTo() {
        RelayOptions options = new RelayOptions(
                new FailoverPlan(
                        List.of(pool("spare"), pool("main")), List.of(new ModelRoute(List.of("m"), "main", List.of()))),
                List.of(edge("spare"), edge("main")),
                1000);
        RelayConfig config = new RelayConfig(options, null, new ConcurrentHashMap<>());

        assertThat(config.poolOf("").edge().name()).isEqualTo("main");
    }

    private static PoolPlan pool(String name) {
        Backend backend = new Backend(
                new EndpointId("b"),
                edge(name).backends().getFirst().url(),
                1,
                1,
                Map.of(),
                BackendLimits.NONE,
                Backend.Credential.NONE,
                Backend.Prefill.NONE);
        return new PoolPlan(name, List.of(backend), FailoverSettings.DEFAULTS);
    }

    private static PoolEdge edge(String name) {
        BackendEdge backend = new BackendEdge("b", false, "127.0.0.1", 1, "", Credential.NONE, null);
        return new PoolEdge(name, List.of(backend), 1000, Duration.ZERO, PoolEdge.Expose.IDS);
    }
}
