package dev.headgate.lab.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
    private static final DispatchWorkload RUN_A = Presets.named("seed-over-capacity");

    // Labels

    @Test
    void labelsFollowZipfsLaw() {
        int draws = 200_000;
        DispatchWorkload workload =
                RUN_A.toBuilder().labels(20).zipf(1.0).requests(draws).build();
        int[] counts = new int[20];
        LabelSequence.all(workload, 1).forEach(label -> counts[label]++);
        double sum = 0;
        for (int k = 1; k <= 20; k++) {
            sum += 1.0 / k;
        }
        for (int k = 0; k < 20; k++) {
            double expected = draws / (k + 1.0) / sum;
            assertThat((double) counts[k]).as("label-%d", k).isCloseTo(expected, within(0.06 * expected));
        }
    }

    @Test
    void withoutZipfAllLabelsAreAsLikely() {
        DispatchWorkload workload =
                RUN_A.toBuilder().labels(4).requests(100_000).build();
        int[] counts = new int[4];
        LabelSequence.all(workload, 1).forEach(label -> counts[label]++);
        for (int count : counts) {
            assertThat((double) count).isCloseTo(25_000, within(500.0));
        }
    }

    @Test
    void theFavouriteMovesOnIfTheWorkloadRotates() {
        DispatchWorkload workload = RUN_A.toBuilder()
                .labels(10)
                .zipf(3.0)
                .rotateEvery(1000)
                .rotateBy(4)
                .requests(3000)
                .build();
        List<Integer> labels = LabelSequence.all(workload, 1);
        for (int phase = 0; phase < 3; phase++) {
            int favourite = phase * 4 % 10;
            assertThat(labels.subList(phase * 1000, (phase + 1) * 1000).stream()
                            .filter(label -> label == favourite)
                            .count())
                    .isGreaterThan(700);
        }
    }

    // Traces

    @Test
    void aSavedTraceReplaysToTheSameReport(@TempDir Path directory) throws IOException {
        DispatchWorkload drawn = RUN_A.toBuilder().requests(300).build();
        Path file = directory.resolve("trace.jsonl");
        LabelTrace.write(file, LabelSequence.all(drawn, 5));
        assertThat(Files.readAllLines(file).get(0)).matches("\\{\"label\":\"label-\\d\"}");
        DispatchWorkload traced = drawn.toBuilder().trace(LabelTrace.read(file)).build();
        assertThat(traced.requests()).isEqualTo(300);
        DispatchReport expected = Runs.late(drawn, 5);
        assertThat(Runs.late(traced, 5).misses()).isEqualTo(expected.misses());
        assertThat(Runs.late(traced, 5).endToEnd()).isEqualTo(expected.endToEnd());
    }

    @Test
    void aBrokenTraceIsRefusedByItsLine(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("trace.jsonl");
        for (String broken : List.of("{\"label\":\"model-3\"}", "{}", "label-3", "{\"label\":\"label-x\"}")) {
            Files.writeString(file, "{\"label\":\"label-1\"}\n\n" + broken + "\n");
            assertThatThrownBy(() -> LabelTrace.read(file)).hasMessageContaining("trace.jsonl:3: " + broken);
        }
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> LabelTrace.read(file)).hasMessageContaining("no labels");
    }

    // Costs

    @Test
    void costsAreOneValueAListOrLognormal() {
        SplittableRandom random = new SplittableRandom(1);
        assertThat(CostModel.parse("0.5").meansFor(3, random)).containsExactly(0.5, 0.5, 0.5);
        assertThat(CostModel.parse("0.5, 2").meansFor(3, random)).containsExactly(0.5, 2, 0.5);
        double[] means = CostModel.parse("lognormal:0.4,0.8").meansFor(50_000, random);
        double sum = 0;
        for (double mean : means) {
            sum += mean;
        }
        assertThat(sum / means.length).isCloseTo(0.4, within(0.01));
    }

    @Test
    void drawsHaveTheDocumentedSpreadAndFloor() {
        SplittableRandom random = new SplittableRandom(1);
        double runs = 0;
        double loads = 0;
        for (int i = 0; i < 100_000; i++) {
            double run = CostModel.drawRun(0.1, random);
            double load = CostModel.drawLoad(0.4, random);
            assertThat(run).isGreaterThanOrEqualTo(0.02);
            assertThat(load).isGreaterThanOrEqualTo(0.12);
            runs += run;
            loads += load;
        }
        assertThat(runs / 100_000).isCloseTo(0.1, within(0.001));
        assertThat(loads / 100_000).isCloseTo(0.4, within(0.001));
    }

    @Test
    void costsThatAreNoneAreRefusedByNamingThem() {
        for (String text : List.of("", "x", "1,,2", "lognormal:", "lognormal:1", "lognormal:1,2,3", "lognormal:1,-1")) {
            assertThatThrownBy(() -> CostModel.parse(text))
                    .hasMessage(
                            "cost: " + text + " (expected: seconds, a comma list of seconds, or lognormal:mean,sigma)");
        }
        assertThatThrownBy(() -> CostModel.parse("0")).hasMessageStartingWith("cost: 0.0 (expected: seconds > 0");
        assertThatThrownBy(() -> CostModel.parse("NaN")).hasMessageStartingWith("cost: NaN");
    }

    // Flags

    @Test
    void presetsAreListedInTheOrderOfTheDocumentation() {
        assertThat(Presets.byName().keySet())
                .containsExactly(
                        "seed-over-capacity", "seed-at-capacity", "saturated-5", "saturated-4", "pool-16x4x200");
        assertThatThrownBy(() -> Presets.named("x")).hasMessageStartingWith("--preset: x (expected: one of [seed-");
    }

    @Test
    void valuesOutOfRangeAreRefusedByTheirFlag() {
        assertThatThrownBy(() -> RUN_A.toBuilder().workers(0).build()).hasMessage("--workers: 0 (expected: >= 1)");
        assertThatThrownBy(() -> RUN_A.toBuilder().waitAvg(-1).build()).hasMessage("--wait-avg: -1.0 (expected: >= 0)");
        assertThatThrownBy(() -> RUN_A.toBuilder().producers(0).build()).hasMessage("--producers: 0 (expected: >= 1)");
        assertThatThrownBy(() -> RUN_A.toBuilder().sizes(List.of(5L)).memory(4).build())
                .hasMessage("--sizes: 5 (expected: 1 to --memory, 4)");
        assertThatThrownBy(() -> RUN_A.toBuilder()
                        .kills(List.of(new DispatchWorkload.Kill(1, 2, 3)))
                        .build())
                .hasMessage("--kill: worker 2 (expected: 0 to 1)");
        assertThatThrownBy(() -> DispatchWorkload.Kill.parse("1:2"))
                .hasMessage("--kill: 1:2 (expected: seconds:worker number:seconds down)");
        assertThat(DispatchWorkload.Kill.parse("1.5:2:3")).isEqualTo(new DispatchWorkload.Kill(1.5, 2, 3));
    }
}
