package dev.headgate.app;

import dev.headgate.core.place.PlacementSettings;
import dev.headgate.gateway.GatewayOptions;
import dev.headgate.gateway.GatewayServer;
import dev.headgate.gateway.dispatch.DispatcherOptions;
import dev.headgate.lab.dispatch.DispatchProducers;
import dev.headgate.lab.dispatch.DispatchReport;
import dev.headgate.lab.dispatch.DispatchWorkload;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The dispatcher under a workload for real: servers, worker processes and producers on loopback.
 *
 * <p>Each policy has a server and workers of its own. They are all up for the whole run and take turns in slices, so that
 * a machine that is busy for a while is busy for all of them; whoever is not at work is idle.
 */
final class DispatchBench {
    private static final int SLICES = 8;
    /** Workers tell of every load, which hides how far the run is. */
    private static final Map<String, String> QUIET =
            System.getenv("HEADGATE_LOG") == null ? Map.of("HEADGATE_LOG", "WARN") : Map.of();

    private static final Duration ANSWER_PATIENCE = Duration.ofMinutes(2);
    private static final Duration WORKERS_PATIENCE = Duration.ofSeconds(60);

    private final DispatchWorkload workload;
    private final RunEngine engine;
    private final List<Path> models;
    private final double timeScale;
    private final PrintWriter progress;

    DispatchBench(
            DispatchWorkload workload, RunEngine engine, List<Path> models, double timeScale, PrintWriter progress) {
        this.workload = workload;
        this.engine = engine;
        this.models = models;
        this.timeScale = timeScale;
        this.progress = progress;
    }

    /** Runs the workload under each policy and returns a report for each, in order. */
    List<DispatchReport> run(List<String> policies, long seed) throws IOException, InterruptedException {
        List<String> labels =
                engine == RunEngine.ONNX ? BenchModels.prepare(models, workload.labels(), progress) : List.of();
        List<Stand> stands = new ArrayList<>();
        try {
            for (String policy : policies) {
                stands.add(new Stand(policy, seed, labels));
            }
            for (Stand stand : stands) {
                stand.awaitWorkers();
            }
            for (int slice = 0; slice < SLICES; slice++) {
                int count = workload.requests() * (slice + 1) / SLICES - workload.requests() * slice / SLICES;
                for (Stand stand : stands) {
                    progress.printf(
                            Locale.ROOT,
                            "headgate: seed %d, %s, part %d of %d%n",
                            seed,
                            stand.policy,
                            slice + 1,
                            SLICES);
                    progress.flush();
                    stand.producers.send(count);
                }
            }
            return stands.stream().map(stand -> stand.producers.report()).toList();
        } finally {
            stands.forEach(Stand::close);
        }
    }

    private List<String> workerArguments(InetSocketAddress server) {
        List<String> arguments = new ArrayList<>(List.of(
                "worker",
                "--dispatcher",
                "ws://127.0.0.1:" + server.getPort() + "/worker-listen",
                "--engine",
                engine.name().toLowerCase(Locale.ROOT),
                "--max-labels",
                Integer.toString(workload.capacity()),
                "--threads-per-run",
                Integer.toString(Math.max(1, Runtime.getRuntime().availableProcessors() / workload.workers())),
                "--exit-with-parent"));
        models.forEach(folder -> arguments.addAll(List.of("--models", folder.toString())));
        if (engine == RunEngine.SLEEP) {
            double meanMillis = workload.loadCost().meansSeconds().getFirst() * 1000 * timeScale;
            arguments.addAll(List.of("--sleep-load-ms", meanMillis + "," + 0.125 * meanMillis));
        }
        return arguments;
    }

    /** One policy's server, workers and producers. */
    private final class Stand implements AutoCloseable {
        private final String policy;
        private final GatewayServer server;
        private final ChildWorkers workers;
        private final DispatchProducers producers;

        private Stand(String policy, long seed, List<String> labels) throws IOException {
            this.policy = policy;
            DispatcherOptions defaults = DispatcherOptions.DEFAULTS;
            DispatcherOptions options = new DispatcherOptions(
                    defaults.settings(),
                    policy,
                    PlacementSettings.DEFAULTS.withOverlap(workload.overlap()),
                    defaults.heartbeat(),
                    defaults.resultBytes(),
                    defaults.workerTokens(),
                    seed);
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            server = GatewayServer.start(GatewayOptions.listeningOn(anyPort).withDispatcher(options));
            workers = new ChildWorkers(workload.workers(), workerArguments(server.address()), QUIET);
            workers.start();
            URI address = URI.create("http://127.0.0.1:" + server.address().getPort());
            producers = new DispatchProducers(
                    workload,
                    new DispatchProducers.Settings(
                            address,
                            policy,
                            seed,
                            DispatchProducers.Engine.valueOf(engine.name()),
                            labels,
                            timeScale,
                            ANSWER_PATIENCE));
        }

        private void awaitWorkers() throws InterruptedException {
            int joined = JoinedWorkers.await(server, workload.workers(), WORKERS_PATIENCE);
            if (joined < workload.workers()) {
                throw CommandException.failed("only " + joined + " of " + workload.workers()
                        + " workers connected within " + WORKERS_PATIENCE.toSeconds() + " s");
            }
        }

        @Override
        public void close() {
            producers.close();
            server.close();
            workers.close();
        }
    }
}
