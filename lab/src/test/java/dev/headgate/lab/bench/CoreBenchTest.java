package dev.headgate.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoreBenchTest {
    private static final List<CoreBench.Figure> FIGURES = List.of(
            new CoreBench.Figure("pickOf16", 120, 120, 48, 1000, 64, true),
            new CoreBench.Figure("slow", 2000, 2500, 80, 1000, Double.NaN, false),
            new CoreBench.Figure("free", 10, 10, 0, Double.NaN, Double.NaN, true));

    @Test
    void everyBuildGeneratesTheBenchmarks() throws IOException {
        try (InputStream list = CoreBench.class.getResourceAsStream("/META-INF/BenchmarkList")) {
            assertThat(list).isNotNull();
            assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("pickOf16", "decideWith10000Waiting");
        }
    }

    @Test
    void theTableSaysWhichTargetsAreMet() {
        assertThat(CoreBench.table(FIGURES).lines())
                .anySatisfy(line -> assertThat(line).startsWith("pickOf16").endsWith("yes"))
                .anySatisfy(line -> assertThat(line).startsWith("slow").endsWith("NO"))
                .anySatisfy(line -> assertThat(line).startsWith("free").endsWith("-"));
    }

    @Test
    void theDocumentHasOneObjectPerFigure() {
        assertThat(CoreBench.json(FIGURES)).contains("\"name\" : \"slow\"", "\"allocatedBytes\" : 48.0");
    }

    @Test
    void theLoadKeepsAsManyWaitingAsItBeganWith() {
        PlacingLoad load = new PlacingLoad(4, 4, 40, 100, true);
        for (int i = 0; i < 1000; i++) {
            load.step();
        }
        assertThat(load.waiting()).isBetween(95, 101);
    }
}
