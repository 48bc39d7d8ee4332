package dev.headgate.lab.gateway;

import dev.headgate.lab.load.InstantUpstream;
import dev.headgate.lab.load.LoadTarget;
import dev.headgate.lab.load.Workload;
import dev.headgate.lab.rival.Cores;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Measures gateways beside one another. Pins this process to cores that the gateways do not use. */
public final class GatewayBench {
    private final List<Entrant> entrants;
    private final RaceSettings settings;
    private final Consumer<String> progress;

    /** Makes one for {@code entrants}, which are listed in this order. */
    public GatewayBench(List<Entrant> entrants, RaceSettings settings, Consumer<String> progress) {
        this.entrants = List.copyOf(entrants);
        this.settings = settings;
        this.progress = progress;
    }

    /** Starts all entrants, measures them and ends them. */
    public GatewayReport run() throws IOException, InterruptedException {
        String machine = machine();
        Cores cores = Cores.ofThisMachine();
        List<String> prefix = cores.gatewayPrefix();
        String pinning = cores.pinThisProcess();
        Map<String, Entrant.Running> field = new LinkedHashMap<>();
        Map<String, String> absent = new LinkedHashMap<>();
        try (InstantUpstream upstream = InstantUpstream.start()) {
            for (Entrant entrant : entrants) {
                progress.accept("starting " + entrant.name());
                try {
                    field.put(entrant.name(), entrant.start(upstream.port(), prefix));
                } catch (IOException e) {
                    absent.put(entrant.name(), String.valueOf(e.getMessage()));
                }
            }
            LoadTarget direct = new LoadTarget(URI.create("http://127.0.0.1:" + upstream.port() + "/v1"), Map.of());
            GatewayReport report = race(new Race(field, direct, settings, progress), field, absent, machine, pinning);
            return report.with(GatewayTargets.of(report));
        } finally {
            for (Entrant.Running running : field.values()) {
                running.close();
            }
        }
    }

    private GatewayReport race(
            Race race, Map<String, Entrant.Running> field, Map<String, String> absent, String machine, String pinning)
            throws IOException, InterruptedException {
        progress.accept("measuring the floor");
        double requests = race.floor(Workload.JSON);
        double events = race.floor(Workload.BURST);
        progress.accept("floor: %.0f requests/s, %.0f events/s".formatted(requests, events));
        race.warmUp();
        Map<String, List<Sample>> json = race.cost(Workload.JSON);
        Map<String, List<Sample>> json10k = race.cost(Workload.JSON_10K);
        Map<String, List<Sample>> burst = race.cost(Workload.BURST);
        Map<String, List<Sample>> paced = race.cost(Workload.PACED);
        Map<String, Added> added = race.latency();
        List<GatewayReport.Row> rows = new ArrayList<>();
        for (Map.Entry<String, Entrant.Running> entrant : field.entrySet()) {
            String name = entrant.getKey();
            long resident = entrant.getValue().processes().residentBytes();
            progress.accept("quiet figures, " + name);
            Quiet quiet = new QuietMeters(entrant.getValue(), settings.sample()).measure();
            rows.add(new GatewayReport.Row(
                    name,
                    cost(json, name),
                    cost(json10k, name),
                    cost(burst, name),
                    cost(paced, name),
                    Objects.requireNonNull(added.get(name)),
                    race.manyStreams(name),
                    resident,
                    quiet));
        }
        return new GatewayReport(machine, pinning, settings.toString(), requests, events, rows, absent, List.of());
    }

    private static Cost cost(Map<String, List<Sample>> samples, String name) {
        return Cost.of(Objects.requireNonNull(samples.get(name)), samples.getOrDefault("nginx", List.of()));
    }

    private static String machine() throws IOException {
        Path cpus = Path.of("/proc/cpuinfo");
        String processor = Files.isReadable(cpus)
                ? Files.readAllLines(cpus).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown processor")
                : "unknown processor";
        return "%s, %d cores, %s %s, Java %s"
                .formatted(
                        processor,
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        Runtime.version());
    }
}
