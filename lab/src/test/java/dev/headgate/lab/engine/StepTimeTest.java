package dev.headgate.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.lab.trace.TraceBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepTimeTest {
    @ParameterizedTest
    @CsvSource({"512, 12, 0.15", "2048, 48, 0.03", "8192, 226, 0.01", "32768, 1430, 0.01"})
    void prefillsTakeWhatThePublishedFiguresSay(int tokens, double millis, double tolerance) {
        TraceBuilder trace = new TraceBuilder(512);
        trace.add(0, tokens, 1);
        EngineRun run =
                new EngineRun(EngineConstants.H100, trace.privateRest().build().cutFor(16)).run();
        assertThat(run.ttftMicros(0) / 1e3).isCloseTo(millis, within(millis * tolerance));
    }

    @ParameterizedTest
    @CsvSource({"1, 1000, 6.9", "32, 2048, 12", "128, 1024, 17.4", "128, 4096, 47"})
    void decodeStepsTakeWhatThePublishedFiguresSay(int sequences, int context, double millis) {
        double micros = EngineConstants.H100.stepMicros(
                new EngineConstants.Step(sequences, 0, (long) sequences * context, sequences), 1);
        assertThat(micros / 1e3).isCloseTo(millis, within(millis * 0.035));
    }

    /**
     * Qwen3-32B on two H100, scaled from the preset by weights, by products of matrices per token and by those of attention;
     * llm-d measured 15,928 tokens/s.
     */
    @Test
    void aLargeChunkOfAnotherModelTakesWhatWasMeasuredOfIt() {
        double layers = 64.0 * (2 * 5120 * 8192 + 2 * 5120 * 1024 + 3 * 5120 * 25_600) / 2;
        double layersOf8B = 32.0 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14_336);
        double attention = 64.0 * 64 * 128 / 2 / (32.0 * 32 * 128);
        EngineConstants scaled = EngineConstants.H100
                .with("weightUs", EngineConstants.H100.weightUs() * layers / layersOf8B)
                .with("linUs", EngineConstants.H100.linUs() * layers / layersOf8B)
                .with("attUs", EngineConstants.H100.attUs() * attention);
        double micros = scaled.stepMicros(new EngineConstants.Step(8192, 8192 * 4096.0, 0, 1), 1);
        assertThat(8192 / micros * 1e6).isCloseTo(16_567, within(20.0));
        assertThat(8192 / micros * 1e6).isCloseTo(15_928, within(15_928 * 0.05));
    }

    @Test
    void aSlowerProcessorLeavesTheOverheadAsItIs() {
        EngineConstants.Step step = new EngineConstants.Step(1000, 0, 0, 1);
        double overhead = 126 + 4.4;
        double full = EngineConstants.H100.stepMicros(step, 1) - overhead;
        assertThat(EngineConstants.H100.stepMicros(step, 0.5) - overhead).isCloseTo(2 * full, within(1e-6));
    }

    @Test
    void constantsCanBeChangedByNameWithinReason() {
        EngineConstants changed = EngineConstants.H100.with("budget", 2048).with("linUs", 30);
        assertThat(changed.limits().budget()).isEqualTo(2048);
        assertThat(changed.linUs()).isEqualTo(30);
        assertThat(changed.preset()).isEqualTo("h100-llama8b+");
        assertThat(changed.values()).containsEntry("budget", 2048.0).containsEntry("kvUs", 0.0762);
        assertThatThrownBy(() -> changed.with("speed", 1)).hasMessageStartingWith("speed (expected: one of adapters, ");
        assertThatThrownBy(() -> changed.with("linUs", Double.NaN)).hasMessage("linUs: NaN (expected: >= 0)");
        assertThatThrownBy(() -> changed.with("budget", 512))
                .hasMessage("budget: 512 (expected: more than the 1024 sequences)");
        assertThatThrownBy(() -> EngineConstants.named("a100"))
                .hasMessage("a100 (expected: one of h100-llama8b, coarse)");
    }
}
