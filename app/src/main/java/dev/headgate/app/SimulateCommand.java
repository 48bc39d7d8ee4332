package dev.headgate.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Production classes in simulated time. */
@Command(
        name = "simulate",
        description = "Run production classes in simulated time.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SimulateCommand.Dispatch.class,
            RoutingCommand.class,
            LiveCommand.class,
            CalibrateCommand.class,
            ScriptCommand.class
        })
final class SimulateCommand extends CommandGroup {
    /** Simulates what {@code bench dispatch} measures. */
    @Command(name = "dispatch", description = "Simulate model placement; the same seed gives the same result.")
    static final class Dispatch implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
        private CommandSpec spec;

        @Mixin
        private DispatchRunOptions options = new DispatchRunOptions();

        @Override
        public Integer call() {
            return options.simulate(options.workload(), spec.commandLine().getOut());
        }
    }
}
