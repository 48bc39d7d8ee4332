package dev.headgate.app;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what sharing over Redis spares a fleet. */
@Command(
        name = "fleet",
        description = {
            "Measure what processes that share over Redis spare each other.",
            "",
            "A fleet of clients sends to three backends, of which two throttle in each episode, the first and by turns one"
                    + " of the others: once with each process on its own, once sharing over a redis-server that is started for it, and on demand a"
                    + " fleet of openai-priority-loadbalancers."
        },
        footer = {
            "",
            "Wasted are the attempts on a throttled backend more than 25 ms after its first 429 and before its wait is"
                    + " over: somebody in the fleet knew."
        })
final class FleetCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(
            names = "--processes",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "8",
            description = "Processes of the fleet. Default ${DEFAULT-VALUE}.")
    private int processes;

    @Option(
            names = "--rate",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "50",
            description = "Requests a second of each. Default ${DEFAULT-VALUE}.")
    private int perSecond;

    @Option(
            names = "--episodes",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "20",
            description = "How often two of the backends throttle. Default ${DEFAULT-VALUE}.")
    private int episodes;

    @Option(
            names = "--retry-after",
            paramLabel = "SECONDS",
            converter = Converters.Positive.class,
            defaultValue = "5",
            description = "For how long. Default ${DEFAULT-VALUE}.")
    private int retryAfterSeconds;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            converter = Converters.Factor.class,
            defaultValue = "3",
            description = "Between two episodes. Default ${DEFAULT-VALUE}.")
    private double settleSeconds;

    @Option(
            names = "--seed",
            paramLabel = "PYTHON",
            converter = Converters.Program.class,
            description =
                    "A Python that has openai-priority-loadbalancer: measure a fleet of these too. The tests install"
                            + " one as .build/peers/seed/bin/python.")
    private Optional<Path> seed = Optional.empty();

    @Option(names = "--json", description = "Print the results as one JSON document.")
    private boolean isJsonWanted;

    @Override
    public Integer call() throws IOException, InterruptedException {
        FleetBench bench = new FleetBench(
                new FleetBench.Settings(
                        processes,
                        perSecond,
                        episodes,
                        retryAfterSeconds,
                        Duration.ofMillis(Math.round(settleSeconds * 1_000))),
                this::progress);
        List<FleetBench.Lane> lanes = new ArrayList<>();
        lanes.add(bench.run("alone", Optional.empty()));
        try (RedisChild redis = RedisChild.start()) {
            lanes.add(bench.run("shared", Optional.of(redis.url())));
        }
        if (seed.isPresent()) {
            lanes.add(bench.runSeed("seed", seed.get()));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (isJsonWanted) {
            out.println(json(lanes));
        } else {
            lanes.forEach(lane -> out.println(words(lane)));
        }
        out.flush();
        return 0;
    }

    private void progress(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("headgate: " + line);
        err.flush();
    }

    private String words(FleetBench.Lane lane) {
        List<Long> convergence = lane.convergenceNanos();
        return String.format(
                Locale.ROOT,
                "%-7s wasted %d (%.2f %%) in %d episodes (%d without any), too soon to know %d, last attempt after %.1f ms (median)"
                        + " and %.1f ms (most); callers: 200 %d, 429 %d, broken %d, p99 %.1f ms",
                lane.name(),
                lane.wasted(),
                lane.wastedPercent(),
                lane.episodes().size(),
                lane.episodesWithoutWaste(),
                lane.unavoidable(),
                convergence.get(convergence.size() / 2) / 1e6,
                convergence.getLast() / 1e6,
                lane.answers(200),
                lane.answers(429),
                lane.broken(),
                lane.worst("p99Micros") / 1e3);
    }

    private String json(List<FleetBench.Lane> lanes) throws IOException {
        List<Map<String, Object>> all = new ArrayList<>();
        for (FleetBench.Lane lane : lanes) {
            List<Long> convergence = lane.convergenceNanos();
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("lane", lane.name());
            one.put("wasted", lane.wasted());
            one.put("wastedPercent", Math.round(lane.wastedPercent() * 1000) / 1000.0);
            one.put("episodesWithoutWaste", lane.episodesWithoutWaste());
            one.put("tooSoonToKnow", lane.unavoidable());
            one.put("convergenceMillisMedian", convergence.get(convergence.size() / 2) / 1e6);
            one.put("convergenceMillisMost", convergence.getLast() / 1e6);
            one.put("answers200", lane.answers(200));
            one.put("answers429", lane.answers(429));
            one.put("broken", lane.broken());
            one.put("p50MicrosWorst", lane.worst("p50Micros"));
            one.put("p99MicrosWorst", lane.worst("p99Micros"));
            all.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("processes", processes);
        document.put("perSecond", perSecond);
        document.put("episodes", episodes);
        document.put("retryAfterSeconds", retryAfterSeconds);
        document.put("lanes", all);
        return new JsonMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document);
    }
}
