package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.lab.dispatch.CostModel;
import dev.headgate.lab.dispatch.DispatchWorkload;
import dev.headgate.lab.dispatch.LabelTrace;
import dev.headgate.lab.dispatch.Presets;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DispatchRunOptionsTest {
    @Command(name = "run")
    private static final class Run {
        @Mixin
        private final DispatchRunOptions options = new DispatchRunOptions();
    }

    @Test
    void withoutFlagsItIsThePublishedRun() {
        DispatchRunOptions options = parse();

        assertThat(options.workload()).isEqualTo(Presets.named("seed-over-capacity"));
        assertThat(options.policies()).containsExactly("late");
        assertThat(options.seeds()).containsExactly(1L);
    }

    @Test
    void listsAndPairsAreRead() {
        DispatchRunOptions options = parse(
                "--policy=late,seed",
                "--seeds=3",
                "--run-cost=0.1,0.2",
                "--load-cost=lognormal:0.4,0.8",
                "--sizes=1MiB,2MiB",
                "--memory=4MiB",
                "--kill=10:1:5",
                "--kill=20:0:2.5",
                "--overlap=on");
        DispatchWorkload workload = options.workload();

        assertThat(options.policies()).containsExactly("late", "seed");
        assertThat(options.seeds()).containsExactly(1L, 2L, 3L);
        assertThat(workload.runCost()).isEqualTo(CostModel.parse("0.1,0.2"));
        assertThat(workload.loadCost()).isEqualTo(CostModel.parse("lognormal:0.4,0.8"));
        assertThat(workload.sizes()).containsExactly(1L << 20, 2L << 20);
        assertThat(workload.memory()).isEqualTo(4L << 20);
        assertThat(workload.kills())
                .containsExactly(new DispatchWorkload.Kill(10, 1, 5), new DispatchWorkload.Kill(20, 0, 2.5));
        assertThat(workload.overlap()).isTrue();
    }

    @Test
    void aFlagWinsOverThePresetWhereverItStands() {
        assertThat(parse("--labels=6", "--preset=saturated-5").workload())
                .isEqualTo(Presets.named("saturated-5").toBuilder().labels(6).build());
        assertThat(parse("--preset=pool-16x4x200", "--rate=120").workload())
                .isEqualTo(Presets.named("pool-16x4x200").toBuilder().rate(120).build());
    }

    @Test
    void producersTakeThePlaceOfAPresetsArrivals() {
        DispatchWorkload workload =
                parse("--preset=pool-16x4x200", "--producers=4").workload();

        assertThat(workload.producers()).isEqualTo(4);
        assertThat(workload.rate()).isZero();
    }

    @Test
    void aSavedTraceAsksForTheSameLabelsAgain(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("labels.jsonl");
        DispatchRunOptions saving = parse("--requests=50", "--seed=7", "--save-trace=" + file);
        saving.saveTrace(saving.workload());

        assertThat(parse("--trace=" + file).workload().trace()).hasSize(50).isEqualTo(LabelTrace.read(file));
    }

    @ParameterizedTest
    @CsvSource({
        "--rate=5 --producers=3, --producers",
        "--sizes=1MiB, --sizes and --memory",
        "--memory=1MiB, --sizes and --memory",
        "--sizes=1MiB --memory=1MiB --capacity=2, --capacity",
        "--sizes=2MiB --memory=1MiB, --sizes",
        "--seed=1 --seeds=2, --seed",
    })
    void flagsThatContradictEachOtherAreRefused(String flags, String named) {
        DispatchRunOptions options = parse(flags.split(" ", -1));

        assertThatThrownBy(options::workload)
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith(named + ": ")
                .hasMessageContaining("(expected: ");
    }

    @Test
    void aTraceThatIsNoneIsNamedWithItsLine() throws IOException {
        Path file = Path.of("no-such-trace.jsonl");

        assertThatThrownBy(() -> parse("--trace=" + file).workload())
                .isInstanceOf(CommandException.class)
                .hasMessageContaining(file.toString());
    }

    private static DispatchRunOptions parse(String... arguments) {
        Run run = new Run();
        CommandLine command = new CommandLine(run);
        Converters.register(command);
        command.parseArgs(arguments);
        return run.options;
    }
}
