package dev.headgate.app;

import dev.headgate.lab.bench.CoreBench;
import dev.headgate.lab.dispatch.DispatchReport;
import dev.headgate.lab.dispatch.DispatchWorkload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The measurements. */
@Command(
        name = "bench",
        description = "Measure this build.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchCommand.Dispatch.class,
            BenchCommand.Core.class,
            FailoverCommand.class,
            GatewayCommand.class,
            FleetCommand.class,
            FleetMemberCommand.class
        })
final class BenchCommand extends CommandGroup {
    /** Measures dispatcher and worker processes together. */
    @Command(name = "dispatch", description = "Measure dispatcher and workers on loopback under a workload.")
    static final class Dispatch implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
        private CommandSpec spec;

        @Mixin
        private DispatchRunOptions options = new DispatchRunOptions();

        @Option(
                names = "--engine",
                paramLabel = "ENGINE",
                defaultValue = "sleep",
                description = "sleep, onnx or virtual, which is simulated time. Default ${DEFAULT-VALUE}.")
        private RunEngine engine = RunEngine.SLEEP;

        @Option(
                names = "--time-scale",
                paramLabel = "FACTOR",
                converter = Converters.Factor.class,
                description = "Multiply waits and costs, divide reported times back. Default 1.")
        private Optional<Double> timeScale = Optional.empty();

        @Option(
                names = "--models",
                paramLabel = "DIR",
                converter = Converters.Folder.class,
                description = "Folder with models for the onnx engine.")
        private List<Path> models = List.of();

        @Override
        public Integer call() throws IOException, InterruptedException {
            DispatchWorkload workload = options.workload();
            if (engine == RunEngine.VIRTUAL) {
                return options.simulate(workload, spec.commandLine().getOut());
            }
            refuseWhatOnlyTheSimulationCan(workload);
            options.saveTrace(workload);
            DispatchBench bench = new DispatchBench(
                    workload,
                    engine,
                    models,
                    timeScale.orElse(1.0),
                    spec.commandLine().getErr());
            List<DispatchReport> rows = new ArrayList<>();
            for (long seed : options.seeds()) {
                rows.addAll(bench.run(options.policies(), seed));
            }
            options.print(rows, spec.commandLine().getOut());
            return 0;
        }

        private void refuseWhatOnlyTheSimulationCan(DispatchWorkload workload) {
            refuse(
                    engine == RunEngine.ONNX && timeScale.isPresent(),
                    "--time-scale: real models keep their own time (expected: --engine sleep)");
            refuse(
                    !workload.kills().isEmpty(),
                    "--kill: workers are killed in simulated time (expected: --engine virtual)");
            refuse(!workload.sizes().isEmpty(), "--sizes: real workers count labels here (expected: --engine virtual)");
            refuse(
                    engine == RunEngine.SLEEP
                            && workload.loadCost().meansSeconds().size() != 1,
                    "--load-cost: a sleeping worker has one for all labels (expected: one value, or --engine virtual)");
        }

        private static void refuse(boolean contradicts, String sentence) {
            if (contradicts) {
                throw CommandException.wrongUse(sentence);
            }
        }
    }

    /** Measures the core's classes with JMH. */
    @Command(name = "core", description = "Measure the core's decisions with JMH.")
    static final class Core implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
        private CommandSpec spec;

        @Option(names = "--json", description = "Print the results as one JSON document.")
        private boolean json;

        @Option(names = "--quick", description = "Measure for a short time: a look, no figure to quote.")
        private boolean quick;

        @Override
        public Integer call() {
            PrintWriter progress = spec.commandLine().getErr();
            progress.println("headgate: measuring for about " + (quick ? "20 seconds" : "two minutes"));
            progress.flush();
            CoreBench.run(new CoreBench.Settings(json, quick), System.out);
            return 0;
        }
    }
}
