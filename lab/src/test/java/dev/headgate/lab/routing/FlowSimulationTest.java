package dev.headgate.lab.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowBinding.When;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.admit.FlowSettings.Fairness;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import dev.headgate.lab.workload.Spread;
import dev.headgate.lab.workload.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Requests that wait in the router of a simulated fleet. */
class FlowSimulationTest {
    private static final List<PolicySpec> POLICY = PolicySpec.parse("marginal-cost,lmetric,round-robin");

    @Test
    void everyInvariantHoldsWheneverRequestsAreBound() {
        for (When when : When.values()) {
            RoutingReport report = Labs.run(
                    Labs.COARSE.flowing(flow(Fairness.VTC, when)),
                    POLICY,
                    1,
                    2,
                    Labs.cell(Labs.bursts(), 4),
                    Labs.cell(Labs.generated("W3", 300), 1));
            assertThat(report.violations()).as("%s", when).isEmpty();
        }
    }

    @Test
    void aTenantThatAsksLittleIsServedSoonWhileAnotherFloods() {
        double fair = ninetiethOfB(flow(Fairness.VTC, When.LATE));
        double unfair = ninetiethOfB(flow(Fairness.NONE, When.LATE));
        assertThat(fair).isLessThan(unfair / 5);
    }

    private static FlowSettings flow(Fairness fairness, When when) {
        return FlowSettings.DEFAULTS.withFairness(fairness, Map.of()).withBinding(FlowBinding.EARLY.binding(when));
    }

    /** Returns the 90th percentile of tenant B's times to the first token, in microseconds. */
    private static double ninetiethOfB(FlowSettings flow) {
        List<Long> times = new ArrayList<>();
        Workload flood =
                new Workload("flood", "generated", "", seed -> flood(), Spread.OFF, Optional.empty(), 0, List.of());
        RoutingReport report = new Experiment(
                        Labs.COARSE.flowing(flow), PolicySpec.parse("marginal-cost"), LongStream.of(1), 1, run -> {})
                .keeping((cell, policy, seed, trace, log) -> {
                    for (int r = 0; r < trace.size(); r++) {
                        if (trace.tenant(r).equals("B") && log.states.first[r] >= 0) {
                            times.add(log.states.first[r] - log.states.arrived[r]);
                        }
                    }
                })
                .run(List.of(Labs.cell(flood, 1)));
        assertThat(report.violations()).isEmpty();
        Collections.sort(times);
        return times.get(times.size() * 9 / 10);
    }

    /** Half a minute of tenant B, at five requests a second, and of tenant A at sixty. */
    private static Trace flood() {
        SplittableRandom random = new SplittableRandom(5);
        TraceBuilder trace = new TraceBuilder(512);
        for (int r = 0; r < 1_950; r++) {
            boolean isSmall = r % 13 == 0;
            trace.add(r * 15_385L, 1_000 + random.nextInt(4_000), 50 + random.nextInt(200));
            trace.privateRest().label(isSmall ? "B" : "A", "", "", 0);
        }
        return trace.build();
    }
}
