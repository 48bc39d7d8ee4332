package dev.headgate.lab.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.lab.workload.Fleet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ExperimentTest {
    private static final RoutingJson.Origin ORIGIN = new RoutingJson.Origin("test", "0", "25", 0);

    @Test
    void theNumberOfThreadsChangesNothing() {
        Cell[] cells = {Labs.cell(Labs.bursts(), 2), Labs.cell(Labs.generated("W3", 300), 1)};
        String alone = RoutingJson.of(Labs.run(Labs.COARSE, Labs.POLICIES, 2, 1, cells), ORIGIN);
        String together = RoutingJson.of(Labs.run(Labs.COARSE, Labs.POLICIES, 2, 3, cells), ORIGIN);
        assertThat(together).isEqualTo(alone);
    }

    @Test
    void everyInvariantHoldsForEveryPolicyOpenAndClosed() {
        for (RunSettings settings : List.of(Labs.COARSE, Labs.FINE)) {
            RoutingReport report = Labs.run(
                    settings,
                    Labs.POLICIES,
                    1,
                    2,
                    Labs.cell(Labs.bursts(), 3),
                    Labs.cell(Labs.generated("W2", 600), 1),
                    Labs.cell(Labs.generated("W3", 400), 1),
                    Labs.cell(Labs.generated("W6", 600), 1),
                    Labs.cell(Labs.generated("W7", 400), 0.3));
            assertThat(report.violations()).isEmpty();
            assertThat(report.isClean()).isTrue();
        }
    }

    @Test
    void requestsOutliveACrashOrFailAndNoneIsLost() {
        RunSettings uneven = Labs.COARSE.on(Fleet.UNEVEN);
        RoutingReport report = Labs.run(uneven, Labs.POLICIES, 1, 2, Labs.cell(Labs.bursts(), 1));
        assertThat(report.violations()).isEmpty();
        for (RoutingReport.Result result : report.results()) {
            double ended = result.mean(Metric.COMPLETED) + result.mean(Metric.FAILED) + result.mean(Metric.REFUSED);
            assertThat(ended).isEqualTo(600);
        }
        assertThat(report.results())
                .anySatisfy(result -> assertThat(result.mean(Metric.FAILED) + result.mean(Metric.RETRIES))
                        .isPositive());
    }

    @Test
    void severalRoutersSeeOnlyTheirOwnRequests() {
        RunSettings four = new RunSettings(
                Labs.COARSE.engine(),
                Labs.COARSE.fleet(),
                Slo.DEFAULT,
                4,
                RunSettings.Measuring.OFF,
                Labs.COARSE.sources());
        List<PolicySpec> policies = PolicySpec.parse("lmetric");
        Cell cell = Labs.cell(Labs.bursts(), 3);
        double one =
                Labs.run(Labs.COARSE, policies, 2, 2, cell).results().get(0).mean(Metric.GOODPUT);
        double many = Labs.run(four, policies, 2, 2, cell).results().get(0).mean(Metric.GOODPUT);
        assertThat(many).isLessThan(one);
    }

    @Test
    void aSlowerFleetIsWorse() {
        List<PolicySpec> policies = PolicySpec.parse("least-request");
        Cell cell = Labs.cell(Labs.bursts(), 2);
        RunSettings slow = Labs.COARSE.on(Fleet.parse("4xcoarse*0.5", "coarse"));
        assertThat(Labs.run(slow, policies, 1, 1, cell).results().get(0).mean(Metric.TTFT_P50))
                .isGreaterThan(1.5
                        * Labs.run(Labs.COARSE, policies, 1, 1, cell)
                                .results()
                                .get(0)
                                .mean(Metric.TTFT_P50));
    }

    @Test
    void capacityIsWhereGoodputFallsBelowNineTenths() {
        List<PolicySpec> policies = PolicySpec.parse("marginal-cost,random");
        Experiment experiment = new Experiment(Labs.COARSE, policies, LongStream.of(1), 2, run -> {});
        Cell cell = Labs.cell(Labs.bursts(), 1);
        List<RoutingReport.Capacity> capacities = experiment.capacities(cell);
        assertThat(capacities.get(0).speedup()).isGreaterThan(capacities.get(1).speedup());
        for (RoutingReport.Capacity capacity : capacities) {
            double at = goodput(capacity.policy(), cell.at(capacity.speedup()));
            double beyond = goodput(capacity.policy(), cell.at(1.021 * capacity.speedup()));
            assertThat(at).isGreaterThanOrEqualTo(90);
            assertThat(beyond).isLessThan(91.5);
        }
    }

    @Test
    void aRouterThatThrowsIsMarkedAndTheOthersGoOn() {
        RunSettings settings = new RunSettings(
                Labs.COARSE.engine(),
                Labs.COARSE.fleet(),
                Slo.DEFAULT,
                1,
                RunSettings.Measuring.OFF,
                name -> name.equals("broken")
                        ? new Broken()
                        : Labs.COARSE.sources().create(name));
        RoutingReport report =
                Labs.run(settings, PolicySpec.parse("broken,lmetric"), 1, 1, Labs.cell(Labs.bursts(), 1));
        assertThat(report.results().get(0).failure()).isPresent();
        assertThat(report.results().get(1).failure()).isEmpty();
        assertThat(report.isClean()).isFalse();
        assertThat(RoutingText.of(report)).contains("FAILED broken on bursts: ");
    }

    @Test
    void whoKnowsTheFutureDelaysLeast() {
        List<PolicySpec> policies = PolicySpec.parse("oracle,marginal-cost,lmetric,random");
        RoutingReport report = Labs.run(Labs.COARSE, policies, 1, 2, Labs.cell(Labs.bursts(), 6));
        assertThat(report.violations()).isEmpty();
        double oracle = report.results().get(0).mean(Metric.E2E_MEAN);
        assertThat(report.results().subList(1, 4))
                .allSatisfy(result -> assertThat(result.mean(Metric.E2E_MEAN)).isGreaterThan(oracle));
    }

    @Test
    void whatDoesNotExistIsRefusedBeforeTheFirstRun() {
        assertThatThrownBy(() -> Labs.run(Labs.COARSE, PolicySpec.parse("lmetrik"), 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lmetrik");
        assertThatThrownBy(() -> Labs.run(Labs.COARSE, PolicySpec.parse("marginal-cost{lambada=1}"), 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lambada");
    }

    private static double goodput(PolicySpec policy, Cell cell) {
        return Labs.run(Labs.COARSE, List.of(policy), 1, 1, cell)
                .results()
                .get(0)
                .mean(Metric.GOODPUT);
    }

    private static final class Broken implements RequestRouter {
        @Override
        public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
            throw new IllegalStateException("broken");
        }
    }
}
