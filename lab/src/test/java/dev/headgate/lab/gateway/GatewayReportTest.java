package dev.headgate.lab.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.headgate.lab.load.LoadCounts;
import dev.headgate.lab.load.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayReportTest {
    private static Sample sample(double micros) {
        return new Sample(10, 1, micros, 5);
    }

    private static GatewayReport.Row row(String name, double micros, Double toNginx, double addedP99, Quiet quiet) {
        Cost cost = new Cost(10, 0, 5, micros, micros, micros, toNginx);
        return new GatewayReport.Row(
                name,
                cost,
                cost,
                cost,
                cost,
                new Added(1, addedP99, 3, 10, 0),
                new ManyStreams(2_000, 2_000, 0, 300, 100 << 20),
                50 << 20,
                quiet);
    }

    private static GatewayReport report() {
        Quiet measured = new Quiet(4.2, 0.1, 5_000.0, 300.0, 4_000.0);
        Quiet unknown = new Quiet(null, null, null, null, null);
        GatewayReport report = new GatewayReport(
                "machine",
                "pinning",
                "settings",
                30_000,
                2e6,
                List.of(row("headgate", 30, 1.2, 100, measured), row("nginx", 25, 1.0, 90, unknown)),
                Map.of("envoy", "envoy is not installed"),
                List.of());
        return report.with(GatewayTargets.of(report));
    }

    @Test
    void costIsTheMedianAndItsRatioThatOfTheSameRounds() {
        List<Sample> own = List.of(sample(10), sample(30), sample(20));
        List<Sample> nginx = List.of(sample(10), sample(10), sample(40));
        assertThat(Cost.of(own, nginx)).isEqualTo(new Cost(30, 3, 5, 20, 10, 30, 1.0));
        assertThat(Cost.of(own, List.of()).toNginx()).isNull();
    }

    @Test
    void gatewayWithoutAnswersCostsNoNumber() {
        Sample nothing = Sample.of(Workload.JSON, new LoadCounts(0, 7, 0, 1_000_000_000), 500);
        assertThat(nothing.cpuMicros()).isNaN();
        assertThat(nothing.errors()).isEqualTo(7);
    }

    @Test
    void targetsAreHeldAgainstNginxAndTheLimits() {
        assertThat(report().targets())
                .filteredOn(target -> !target.isMet())
                .extracting(GatewayReport.Target::id, GatewayReport.Target::what)
                .containsExactly(
                        tuple("P2", "headgate: CPU per event at once to nginx"),
                        tuple("P3", "headgate: added p99, us (limit: nginx's)"),
                        tuple("P4", "headgate: heap bytes per event"));
    }

    @Test
    void tablesNameTheFloorTheAbsentAndWhatWasNotMeasured() {
        assertThat(GatewayPrinter.tables(report()).lines())
                .contains("floor, straight to the upstream: 30000 requests/s, 2000000 events/s")
                .contains("envoy: absent (envoy is not installed)")
                .anyMatch(line -> line.matches("nginx +- +- +- +- +- +50\\.0 +2000 +2000 +300 +100"))
                .anyMatch(line -> line.matches("P4 +headgate: heap bytes per event +250 +300 +NO"));
    }

    @Test
    void documentHasARowForEachEntrant() {
        assertThat(GatewayPrinter.json(report())).contains("\"name\" : \"headgate\"", "\"toNginx\" : 1.2");
    }
}
