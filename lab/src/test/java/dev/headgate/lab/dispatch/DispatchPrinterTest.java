package dev.headgate.lab.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchPrinterTest {
    private static final DispatchWorkload SHORT =
            Presets.named("seed-over-capacity").toBuilder().requests(100).build();

    @Test
    void printsExactlySmartRoutingsLinesFirst() {
        DispatchReport report = Runs.late(SHORT, 1);
        List<String> lines = DispatchPrinter.text(report).lines().toList();
        assertThat(lines.subList(0, 9))
                .containsExactly(
                        "Worker Log Summary:",
                        "  Total Label Misses: " + report.misses(),
                        "  Tasks Completed: 100",
                        String.format(
                                java.util.Locale.ROOT, "  Average Task Runtime: %.4f seconds", report.runtimeSeconds()),
                        "Producer Log Summary:",
                        "  Total Requests: 100",
                        "  Total Failed Requests: 0",
                        "  Total Synchronous Requests: 100",
                        "  Total Dispatched Jobs: 0");
    }

    @Test
    void aReportsFieldsStandInTheDocumentedOrder() throws IOException {
        JsonNode document = new ObjectMapper().readTree(DispatchPrinter.json(Runs.late(SHORT, 1)));
        assertThat(names(document))
                .containsExactly(
                        "config",
                        "misses",
                        "missesByCause",
                        "completed",
                        "failed",
                        "runtimeSeconds",
                        "endToEnd",
                        "perSecond",
                        "minMisses",
                        "lruMisses",
                        "redelivered");
        assertThat(names(document.path("endToEnd"))).containsExactly("mean", "p50", "p95", "p99", "max");
        assertThat(document.at("/config/workload/loadCost").textValue()).isEqualTo("0.3905");
        assertThat(document.at("/config/workload/trace").isMissingNode()).isTrue();
    }

    @Test
    void aComparisonHasRowsAndASummary() throws IOException {
        JsonNode document =
                new ObjectMapper().readTree(DispatchPrinter.json(Runs.compare(SHORT, List.of("late", "seed"), 2)));
        assertThat(document.path("rows")).hasSize(4);
        assertThat(names(document.path("summary").get(0)))
                .containsExactly("policy", "misses", "runtimeSeconds", "perSecond", "endToEnd");
        assertThat(document.at("/summary/1/policy").textValue()).isEqualTo("seed");
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
