package dev.headgate.lab.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Without a gateway between, each fault reaches the caller as it is. */
class FailoverBenchTest {
    /** Those whose faults show at once. */
    private static final List<String> QUICK =
            List.of("S01", "S02", "S03", "S04", "S05", "S08", "S10", "S12", "S13", "S14");

    private static FailoverReport play(List<String> ids) throws IOException, InterruptedException {
        List<Scenario> scenarios =
                ids.stream().map(id -> Scenarios.named(id).orElseThrow()).toList();
        try (FailoverBench bench = FailoverBench.start(scenarios, 0)) {
            return bench.play(URI.create(bench.recipe().providerUrl()), Map.of());
        }
    }

    @Test
    void callerOfABareProviderGetsItsFaults() throws IOException, InterruptedException {
        FailoverReport report = play(QUICK);
        Map<String, List<Score>> scores = report.scenarios().stream()
                .collect(Collectors.toMap(
                        FailoverReport.Row::id,
                        row -> row.lanes().stream()
                                .map(FailoverReport.LaneRow::score)
                                .toList()));
        assertThat(scores)
                .as(FailoverPrinter.table(report))
                .isEqualTo(Map.of(
                        "S01", List.of(Score.SAFE, Score.SAFE),
                        "S02", List.of(Score.SAFE, Score.SAFE),
                        "S03", List.of(Score.SAFE, Score.SAFE),
                        "S04", List.of(Score.SAFE, Score.SAFE),
                        "S05", List.of(Score.SAFE, Score.SAFE),
                        "S08", List.of(Score.SAFE, Score.FAIL, Score.SAFE),
                        "S10", List.of(Score.FAIL, Score.FAIL),
                        "S12", List.of(Score.SAFE, Score.SAFE),
                        "S13", List.of(Score.PASS, Score.PASS),
                        "S14", List.of(Score.SAFE)));
        assertThat(report.pass()).isEqualTo(1);
        assertThat(report.safe()).isEqualTo(7);
        assertThat(report.fail()).isEqualTo(2);
    }

    @Test
    void sixteenScenariosHaveNamesInOrderAndModelsOfTheirOwn() {
        assertThat(Scenarios.all().stream().map(Scenario::id))
                .hasSize(16)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(Scenarios.all().stream()
                        .flatMap(scenario -> scenario.lanes().stream().map(scenario::models)))
                .doesNotHaveDuplicates();
    }

    @Test
    void recipeNamesTheProviderAndEveryModel() throws IOException {
        try (FailoverBench bench = FailoverBench.start(Scenarios.all(), 0)) {
            assertThat(bench.recipe().inWords())
                    .contains(bench.recipe().providerUrl() + "/v1", "primary-s08-whole", "fallback-s16");
            assertThat(bench.recipe().headgateConfig())
                    .contains("{models: [primary-s01], pool: primary-s01, fallbacks: [{model: fallback-s01, pool:");
        }
    }
}
