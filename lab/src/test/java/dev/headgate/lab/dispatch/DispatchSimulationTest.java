package dev.headgate.lab.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.place.Policies;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchSimulationTest {
    private static final DispatchWorkload SHORT =
            Presets.named("saturated-5").toBuilder().requests(400).build();

    @Test
    void theSameSeedGivesTheSameReportUnderEveryPolicy() {
        for (String policy : Policies.NAMES) {
            DispatchComparison once = Runs.compare(SHORT, List.of(policy), 3);
            assertThat(Runs.compare(SHORT, List.of(policy), 3)).isEqualTo(once);
        }
    }

    @Test
    void allPoliciesSeeTheSameRequests() {
        DispatchComparison all = Runs.compare(
                Presets.named("pool-16x4x200").toBuilder().requests(500).build(), Policies.NAMES, 1);
        assertThat(all.rows())
                .extracting(DispatchReport::minMisses)
                .containsOnly(all.rows().get(0).minMisses());
        assertThat(all.rows()).extracting(DispatchReport::completed).containsOnly(500);
    }

    @Test
    void aKilledWorkersTasksAreDeliveredAgainAndNoneIsLost() {
        DispatchWorkload kills = SHORT.toBuilder()
                .kills(List.of(new DispatchWorkload.Kill(2, 0, 1), new DispatchWorkload.Kill(4, 1, 5)))
                .build();
        for (String policy : Policies.NAMES) {
            DispatchReport report =
                    Runs.compare(kills, List.of(policy), 1).rows().get(0);
            assertThat(report.completed()).as(policy).isEqualTo(400);
            assertThat(report.failed()).as(policy).isZero();
            assertThat(report.redelivered()).as(policy).isLessThanOrEqualTo(2); // one run slot, two kills
        }
        assertThat(Runs.late(kills, 1).redelivered()).isPositive();
        assertThat(Runs.late(kills, 1).missesByCause()).containsKey("restart");
    }

    @Test
    void modelsOfDifferentSizesShareTheMemory() {
        DispatchWorkload bySize =
                SHORT.toBuilder().sizes(List.of(100L, 300L, 200L)).memory(600).build();
        assertThat(bySize.slots()).isEqualTo(6);
        DispatchReport report = Runs.late(bySize, 1);
        assertThat(report.completed()).isEqualTo(400);
        assertThat(report.misses()).isLessThan(Runs.late(SHORT, 1).misses());
    }
}
