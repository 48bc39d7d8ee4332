package dev.headgate.app;

import dev.headgate.lab.live.LiveComparison;
import dev.headgate.lab.live.LiveGateway;
import dev.headgate.lab.live.LivePrinter;
import dev.headgate.lab.live.LiveReport;
import dev.headgate.lab.live.LiveSettings;
import dev.headgate.lab.routing.Cell;
import dev.headgate.lab.routing.PolicySpec;
import dev.headgate.lab.trace.BadTraceException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The simulator beside a gateway in real time. */
@Command(
        name = "live",
        description = {
            "Play a workload in real time, this build's gateway before servers that run the simulator's engines, and compare"
                    + " with its simulation.",
            "",
            "Takes one workload, one policy and one speed; each seed is a run with a gateway of its own. Engines report nothing"
                    + " to it. Nothing else should run meanwhile, and the load must leave the machine idle most of the time."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the two are close", "1:they are not, or a run failed", "2:bad usage or input"})
final class LiveCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Mixin
    private RoutingRunOptions options = new RoutingRunOptions();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "60",
            description = "Play what arrives within so many seconds. Default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "15",
            description = "Warm each gateway up for so many seconds before. Default ${DEFAULT-VALUE}.")
    private int warmUpSeconds;

    @Option(
            names = "--tolerance",
            paramLabel = "PERCENT",
            converter = Converters.Factor.class,
            defaultValue = "5",
            description = "The largest relative error that is close. Default ${DEFAULT-VALUE}.")
    private double tolerancePercent;

    @Option(names = "--json", description = "Print one JSON document and nothing else.")
    private boolean isJsonWanted;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LiveReport report;
        try {
            report = new LiveComparison(settings(), LiveCommand::start, this::progress).run();
        } catch (BadTraceException e) {
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
        spec.commandLine().getOut().print(isJsonWanted ? LivePrinter.json(report) : LivePrinter.text(report));
        spec.commandLine().getOut().flush();
        return report.isClose() ? 0 : 1;
    }

    private LiveSettings settings() {
        List<PolicySpec> policies = options.policies();
        List<Cell> cells = options.cells();
        if (policies.size() != 1 || cells.size() != 1) {
            throw CommandException.wrongUse(policies.size() + " policies under " + cells.size()
                    + " conditions (expected: one policy, one workload, one speed)");
        }
        Cell cell = cells.getFirst();
        try {
            return new LiveSettings(
                    options.settings(),
                    policies.getFirst(),
                    cell.workload(),
                    cell.speedup(),
                    Duration.ofSeconds(seconds),
                    options.seeds().boxed().toList(),
                    Duration.ofSeconds(warmUpSeconds),
                    tolerancePercent / 100);
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUse("--" + e.getMessage());
        }
    }

    private static LiveGateway.Running start(String yaml) throws IOException, InterruptedException {
        Path config = Files.createTempFile("headgate-live-", ".yaml");
        try {
            Files.writeString(config, yaml);
            return new RunningGateway(
                    ServerChild.start(List.of(), List.of("--config", config.toString(), "--workers", "0")), config);
        } catch (CommandException e) {
            Files.delete(config);
            throw new IOException(e.getMessage(), e);
        }
    }

    private void progress(String line) {
        spec.commandLine().getErr().println("headgate: " + line);
        spec.commandLine().getErr().flush();
    }

    /** A server and its configuration file, which it may read again. */
    private record RunningGateway(ServerChild server, Path config) implements LiveGateway.Running {
        @Override
        public URI url() {
            return server.url();
        }

        @Override
        public void close() throws IOException {
            server.close();
            Files.delete(config);
        }
    }
}
