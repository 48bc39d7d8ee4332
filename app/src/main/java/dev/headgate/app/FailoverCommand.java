package dev.headgate.app;

import dev.headgate.lab.failover.FailoverBench;
import dev.headgate.lab.failover.FailoverPrinter;
import dev.headgate.lab.failover.FailoverReport;
import dev.headgate.lab.failover.Scenario;
import dev.headgate.lab.failover.Scenarios;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays the failure scenarios against a gateway. */
@Command(
        name = "failover",
        description = {
            "Play sixteen failures of a provider against a gateway and score what its caller gets.",
            "",
            "Without --target a Headgate with its default settings is started for it. Another gateway must know the"
                    + " provider and the models of every scenario: --provider-port fixes the port, --recipe prints the"
                    + " rest."
        },
        footer = {
            "",
            "Scores: pass is the ideal outcome, partial a whole answer beyond the ideal's limits, safe a clear error, fail"
                    + " a wrong answer or none. The exit code is 1 unless all pass."
        })
final class FailoverCommand implements Callable<Integer> {
    private static final int PATIENCE_MILLIS = 5_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            paramLabel = "ID",
            split = ",",
            converter = Converters.ScenarioName.class,
            description = "Play these alone, S01 to S16, separated by commas. Default all.")
    private List<Scenario> scenarios = List.of();

    @Option(
            names = "--target",
            paramLabel = "URL",
            converter = Converters.HttpUrl.class,
            description = "Play against the gateway there.")
    private Optional<URI> target = Optional.empty();

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = "Send this with every request, such as authorization=\"Bearer KEY\".")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--provider-port",
            paramLabel = "PORT",
            converter = Converters.Port.class,
            description = "Where the provider of faults listens, 0 for any free port. Default 0.")
    private Optional<Integer> providerPort = Optional.empty();

    @Option(names = "--recipe", description = "Play nothing; print what a gateway must be configured with.")
    private boolean isRecipeWanted;

    @Option(names = "--json", description = "Print the results as one JSON document.")
    private boolean isJsonWanted;

    @Override
    public Integer call() throws IOException, InterruptedException {
        target.ifPresent(FailoverCommand::expectSomebody);
        List<Scenario> wanted = scenarios.isEmpty() ? Scenarios.all() : scenarios;
        PrintWriter out = spec.commandLine().getOut();
        try (FailoverBench bench = startProvider(wanted)) {
            if (isRecipeWanted) {
                out.print(bench.recipe().inWords());
                return 0;
            }
            progress("playing " + wanted.stream().map(Scenario::id).collect(Collectors.joining(" "))
                    + ", up to 80 seconds");
            FailoverReport report = target.isPresent() ? bench.play(target.get(), headers) : playHeadgate(bench);
            out.print(isJsonWanted ? FailoverPrinter.json(report) : FailoverPrinter.table(report));
            out.flush();
            return report.hasPassed() ? 0 : 1;
        }
    }

    /** A gateway that is not there would fail every scenario, slowly and for the wrong reason. */
    private static void expectSomebody(URI gateway) {
        int port = gateway.getPort() >= 0 ? gateway.getPort() : "https".equals(gateway.getScheme()) ? 443 : 80;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(gateway.getHost(), port), PATIENCE_MILLIS);
        } catch (IOException e) {
            throw CommandException.wrongUse(
                    "--target: " + gateway + " (" + e.getMessage() + "; expected: a gateway that listens there)");
        }
    }

    private FailoverBench startProvider(List<Scenario> wanted) {
        try {
            return FailoverBench.start(wanted, providerPort.orElse(0));
        } catch (IOException e) {
            throw CommandException.wrongUse("--provider-port: " + providerPort.orElse(0) + " (" + e.getMessage() + ")");
        }
    }

    private FailoverReport playHeadgate(FailoverBench bench) throws IOException, InterruptedException {
        Path config = Files.createTempFile("headgate-failover-", ".yaml");
        try {
            Files.writeString(config, bench.recipe().headgateConfig());
            List<String> arguments = List.of("--config", config.toString(), "--workers", "0");
            try (ServerChild server = ServerChild.start(List.of(), arguments)) {
                return bench.play(server.url(), headers);
            }
        } finally {
            Files.delete(config);
        }
    }

    private void progress(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("headgate: " + line);
        err.flush();
    }
}
