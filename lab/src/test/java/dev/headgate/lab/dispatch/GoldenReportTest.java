package dev.headgate.lab.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.place.Policies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * All policies on all presets, compared byte for byte with the report in the tree. A run with HEADGATE_REWRITE_GOLDEN=1
 * rewrites it; the difference is then read like code.
 */
class GoldenReportTest {
    private static final Path GOLDEN = Path.of("src/test/resources/dispatch-golden.txt");

    @Test
    void theReportIsTheOneInTheTree() throws IOException {
        StringBuilder report = new StringBuilder();
        for (Map.Entry<String, DispatchWorkload> preset : Presets.byName().entrySet()) {
            DispatchWorkload shortened = preset.getValue().toBuilder()
                    .requests(Math.min(2400, preset.getValue().requests()))
                    .build();
            report.append(preset.getKey())
                    .append(", ")
                    .append(shortened.requests())
                    .append(" requests\n");
            report.append(DispatchPrinter.text(Runs.compare(shortened, Policies.NAMES, 3)))
                    .append('\n');
        }
        if ("1".equals(System.getenv("HEADGATE_REWRITE_GOLDEN"))) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, report);
        }
        assertThat(report.toString()).isEqualTo(Files.readString(GOLDEN, StandardCharsets.UTF_8));
    }
}
