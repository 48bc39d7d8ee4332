package dev.headgate.app;

import dev.headgate.gateway.transport.Transport;
import dev.headgate.lab.gateway.Entrant;
import dev.headgate.lab.gateway.GatewayBench;
import dev.headgate.lab.gateway.GatewayPrinter;
import dev.headgate.lab.gateway.GatewayReport;
import dev.headgate.lab.gateway.RaceSettings;
import dev.headgate.lab.rival.Rival;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures this build as a gateway, beside others. */
@Command(
        name = "gateway",
        description = {
            "Measure what this build costs as a gateway, beside others on the same machine.",
            "",
            "The gateways run on one core and the load on the others, so nothing else should run meanwhile. Rivals that"
                    + " are not installed are reported as absent; --setup-rivals installs them."
        })
final class GatewayCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(
            names = "--transports",
            paramLabel = "NAMES",
            split = ",",
            defaultValue = "auto,io_uring",
            converter = Converters.TransportName.class,
            description = "Measure Headgate with each of these: auto, epoll, io_uring, nio. Default ${DEFAULT-VALUE}.")
    private List<Transport> transports = List.of();

    @Option(
            names = "--rivals",
            paramLabel = "NAMES",
            split = ",",
            converter = Converters.RivalName.class,
            description = "Measure these too: nginx, haproxy, envoy, portkey, litellm. Default none.")
    private List<Rival> rivals = List.of();

    @Option(
            names = "--rivals-folder",
            paramLabel = "DIR",
            defaultValue = ".build/rivals",
            description = "Where rivals are that no package of the system brings. Default ${DEFAULT-VALUE}.")
    private Path rivalsFolder = Path.of(".build/rivals");

    @Option(
            names = "--setup-rivals",
            description = "Measure nothing; install every rival, as root also nginx, haproxy and strace.")
    private boolean isSetUpWanted;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "5",
            description = "Measure each gateway so often under each load. Default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            converter = Converters.Factor.class,
            defaultValue = "5",
            description = "Measure so long each time. Default ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            converter = Converters.Amount.class,
            defaultValue = "30",
            description = "Load each gateway for so many seconds before. Default ${DEFAULT-VALUE}.")
    private double warmUpSeconds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "200",
            description = "Requests a second for the latency of one connection. Default ${DEFAULT-VALUE}.")
    private int perSecond;

    @Option(names = "--json", description = "Print the results as one JSON document.")
    private boolean isJsonWanted;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (isSetUpWanted) {
            return setUp();
        }
        List<Entrant> entrants = new ArrayList<>();
        transports.stream().distinct().forEach(transport -> entrants.add(new HeadgateEntrant(transport)));
        rivals.forEach(rival -> entrants.add(Entrant.of(rival, rivalsFolder.toAbsolutePath())));
        RaceSettings settings = new RaceSettings(
                rounds,
                Duration.ofMillis(Math.round(seconds * 1_000)),
                Duration.ofMillis(Math.round(warmUpSeconds * 1_000)),
                perSecond);
        GatewayReport report = new GatewayBench(entrants, settings, this::progress).run();
        PrintWriter out = spec.commandLine().getOut();
        out.print(isJsonWanted ? GatewayPrinter.json(report) : GatewayPrinter.tables(report));
        out.flush();
        return 0;
    }

    private int setUp() throws IOException, InterruptedException {
        Path script = Files.createTempFile("headgate-set-up-", ".sh");
        try {
            Files.writeString(script, Rival.setUpScript());
            int code = new ProcessBuilder(
                            "sh",
                            script.toString(),
                            rivalsFolder.toAbsolutePath().toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            return code == 0 ? 0 : 1;
        } finally {
            Files.delete(script);
        }
    }

    private void progress(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("headgate: " + line);
        err.flush();
    }
}
