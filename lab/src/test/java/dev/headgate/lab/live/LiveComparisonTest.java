package dev.headgate.lab.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.routing.PolicySpec;
import dev.headgate.lab.routing.RunSettings;
import dev.headgate.lab.routing.Slo;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.workload.Fleet;
import dev.headgate.lab.workload.Spread;
import dev.headgate.lab.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Without a gateway between: callers are sent straight to the first server. */
class LiveComparisonTest {
    private static final Pattern URL = Pattern.compile("http://127.0.0.1:\\d+");

    private static LiveSettings settings(EngineConstants engine, String policy, Trace trace, double tolerance) {
        RunSettings run = new RunSettings(
                engine, Fleet.of(1), Slo.DEFAULT, 1, RunSettings.Measuring.OFF, RoutingPolicies.builtIn()::create);
        Workload workload =
                new Workload("made up", "generated", "", seed -> trace, Spread.OFF, Optional.empty(), 0, List.of());
        return new LiveSettings(
                run,
                new PolicySpec(policy, Map.of()),
                workload,
                1,
                Duration.ofSeconds(2),
                List.of(1L),
                Duration.ofMillis(200),
                tolerance);
    }

    private static LiveGateway.Running none(String yaml) {
        Matcher url = URL.matcher(yaml);
        assertThat(url.find()).isTrue();
        URI first = URI.create(url.group());
        return new LiveGateway.Running() {
            @Override
            public URI url() {
                return first;
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void everyRequestIsAnsweredAndReportedBesideItsSimulation() throws IOException, InterruptedException {
        Trace trace = LiveTraces.questions(30, 40_000, 5);
        List<String> progress = new ArrayList<>();
        LiveReport report = new LiveComparison(
                        settings(EngineConstants.H100, "lmetric", trace, 1e6), LiveComparisonTest::none, progress::add)
                .run();
        JsonNode json = new JsonMapper().readTree(LivePrinter.json(report));
        JsonNode metrics = json.path("metrics");
        assertThat(metrics.path("completed").path("live").asDouble()).isEqualTo(30);
        assertThat(metrics.path("completed").path("simulated").asDouble()).isEqualTo(30);
        assertThat(metrics.path("hitPct").path("live").asDouble()).isPositive();
        for (String judged : List.of("goodputPct", "ttftMs.p50", "ttftMs.p90", "tpotMs.p50")) {
            assertThat(metrics.path(judged).path("judged").asBoolean())
                    .as(judged)
                    .isTrue();
            assertThat(metrics.path(judged).path("live").asDouble()).as(judged).isPositive();
        }
        assertThat(json.path("overheads").size()).isEqualTo(1);
        assertThat(json.path("overheads").path(0).path("heldMs").asDouble()).isBetween(0.0, 8.0);
        assertThat(json.path("close").asBoolean()).isTrue();
        assertThat(progress).containsExactly("seed 1: 30 requests in 2 s, 1 replicas");
        assertThat(LivePrinter.text(report))
                .startsWith("made up x1.0, lmetric, 1 x h100-llama8b, up to 30 requests in 2 s, seeds [1]")
                .contains("ttftMs.p90", "steps late by")
                .endsWith("close: at most 100000000.0 % where there is a *\n");
    }

    @Test
    void whatAGatewayCannotDoLikewiseIsRefused() {
        Trace trace = LiveTraces.questions(2, 1_000, 5);
        assertThatThrownBy(() -> settings(EngineConstants.COARSE, "lmetric", trace, 1))
                .hasMessage("indexBlockTokens: 512 (expected: 64, the gateway's)");
        assertThatThrownBy(() -> settings(EngineConstants.H100.with("blockTokens", 4), "lmetric", trace, 1))
                .hasMessage("blockTokens: 4 (expected: 8, 16, 32 or 64)");
        assertThatThrownBy(() -> settings(EngineConstants.H100, "dynamo", trace, 1))
                .hasMessageStartingWith("policy: dynamo (expected: one of marginal-cost, ");
    }
}
