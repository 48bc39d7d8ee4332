package dev.headgate.lab.gateway;

import dev.headgate.lab.load.ClosedLoad;
import dev.headgate.lab.load.Latencies;
import dev.headgate.lab.load.LoadCounts;
import dev.headgate.lab.load.LoadTarget;
import dev.headgate.lab.load.OpenLoad;
import dev.headgate.lab.load.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Entrants that take turns under load. */
final class Race {
    private static final Duration SETTLED = Duration.ofMillis(500);
    /** The load and the upstream are small programs that warm up in a part of a gateway's time. */
    private static final int FLOOR_SHARE = 5;

    private static final Duration STREAMS_PATIENCE = Duration.ofSeconds(30);

    private final Map<String, Entrant.Running> field;
    private final LoadTarget upstream;
    private final RaceSettings settings;
    private final Consumer<String> progress;

    Race(Map<String, Entrant.Running> field, LoadTarget upstream, RaceSettings settings, Consumer<String> progress) {
        this.field = field;
        this.upstream = upstream;
        this.settings = settings;
        this.progress = progress;
    }

    /** Returns requests, or events, a second without a gateway. */
    double floor(Workload workload) throws InterruptedException {
        try (ClosedLoad load = ClosedLoad.start(upstream, workload, connections(workload))) {
            Thread.sleep(settings.warmUp().dividedBy(FLOOR_SHARE));
            LoadCounts before = load.counts();
            Thread.sleep(settings.sample());
            return Sample.of(workload, load.counts().since(before), 0).perSecond();
        }
    }

    void warmUp() throws InterruptedException {
        List<Workload> workloads = List.of(Workload.JSON, Workload.BURST, Workload.PACED);
        for (Map.Entry<String, Entrant.Running> entrant : field.entrySet()) {
            progress.accept("warming up " + entrant.getKey());
            for (Workload workload : workloads) {
                try (ClosedLoad _ = ClosedLoad.start(entrant.getValue().target(), workload, connections(workload))) {
                    Thread.sleep(settings.warmUp().dividedBy(workloads.size()));
                }
            }
        }
    }

    /** Returns the samples of each entrant, in the order of the rounds. */
    Map<String, List<Sample>> cost(Workload workload) throws InterruptedException {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        for (int round = 0; round < settings.rounds(); round++) {
            progress.accept(workload + ", round " + (round + 1) + " of " + settings.rounds());
            for (String name : order(round)) {
                Sample sample = sample(entrant(name), workload);
                samples.computeIfAbsent(name, _ -> new ArrayList<>()).add(sample);
            }
        }
        return samples;
    }

    Map<String, Added> latency() throws IOException, InterruptedException {
        Map<String, List<Latencies>> through = new LinkedHashMap<>();
        List<Latencies> direct = new ArrayList<>();
        for (int round = 0; round < settings.rounds(); round++) {
            progress.accept("latency, round " + (round + 1) + " of " + settings.rounds());
            direct.add(latencies(upstream));
            for (String name : order(round)) {
                through.computeIfAbsent(name, _ -> new ArrayList<>())
                        .add(latencies(entrant(name).target()));
            }
        }
        Map<String, Added> added = new LinkedHashMap<>();
        through.forEach((name, rounds) -> added.put(name, Added.of(rounds, direct)));
        return added;
    }

    ManyStreams manyStreams(String name) throws InterruptedException {
        progress.accept("many streams, " + name);
        Entrant.Running entrant = entrant(name);
        int streams = connections(Workload.SLOW);
        long untilNanos = System.nanoTime() + STREAMS_PATIENCE.toNanos();
        int open = 0;
        long residentBytes = 0;
        try (ClosedLoad load = ClosedLoad.start(entrant.target(), Workload.SLOW, streams)) {
            // As many errors as streams: it will not come to hold them, and each try may leave a stream open behind it.
            while (load.counts().answers() < streams
                    && load.counts().errors() < streams
                    && System.nanoTime() - untilNanos < 0) {
                Thread.sleep(100);
                open = Math.max(open, load.open());
                residentBytes = Math.max(residentBytes, entrant.processes().residentBytes());
            }
            LoadCounts counts = load.counts();
            return new ManyStreams(
                    open, counts.answers(), counts.errors(), load.longestGapNanos() / 1e6, residentBytes);
        }
    }

    private Latencies latencies(LoadTarget target) throws IOException {
        return OpenLoad.run(target, Workload.JSON, settings.perSecond(), settings.sample());
    }

    private Sample sample(Entrant.Running entrant, Workload workload) throws InterruptedException {
        try (ClosedLoad load = ClosedLoad.start(entrant.target(), workload, connections(workload))) {
            Thread.sleep(SETTLED);
            double cpuBefore = entrant.processes().cpuMicros();
            LoadCounts before = load.counts();
            Thread.sleep(settings.sample());
            LoadCounts counts = load.counts().since(before);
            return Sample.of(workload, counts, entrant.processes().cpuMicros() - cpuBefore);
        }
    }

    private static int connections(Workload workload) {
        return switch (workload) {
            case JSON, JSON_10K -> 64;
            case BURST -> 8;
            case PACED -> 100;
            case SLOW -> 2_000;
            case IDLE -> 1_000;
        };
    }

    private Entrant.Running entrant(String name) {
        return Objects.requireNonNull(field.get(name), name);
    }

    private List<String> order(int round) {
        List<String> names = new ArrayList<>(field.keySet());
        return round % 2 == 0 ? names : names.reversed();
    }
}
