package dev.headgate.lab.live;

import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.routing.Metric;
import dev.headgate.lab.routing.RunMetrics;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * One run in real time: servers, a gateway of its own that is warmed up, and the callers of one seed.
 *
 * <p>The engine's API delay stands for all that lies between the router and the engine. What the real way takes of it is
 * measured while warming up, and servers hold requests for the rest only.
 */
final class LiveRun {
    private static final int WARM_UP_PER_SECOND = 100;
    private static final Duration LEAD = Duration.ofMillis(500);
    private static final Duration WARM_UP_PATIENCE = Duration.ofSeconds(60);
    /** Beyond the last arrival; an overloaded fleet may need long to empty its queues. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final int UNIT = 16;

    private final LiveSettings settings;
    private final LiveGateway gateways;

    LiveRun(LiveSettings settings, LiveGateway gateways) {
        this.settings = settings;
        this.gateways = gateways;
    }

    /** Plays {@code trace}; {@link IOException} says what kept it from being played. */
    Result play(Trace trace, long seed) throws IOException, InterruptedException {
        int replicas = settings.run().fleet().size();
        try (LiveServer server = LiveServer.start(replicas);
                LiveGateway.Running gateway = gateways.start(LiveConfig.yaml(
                        server.ports(), settings.policy(), settings.run().engine()))) {
            long pathMicros = warmUp(gateway.url(), trace);
            return measure(server, gateway.url(), trace, seed, pathMicros);
        }
    }

    /** Returns the microseconds from sending a request to the first token of an answer that is given at once. */
    private long warmUp(URI gateway, Trace trace) throws IOException, InterruptedException {
        Trace warm = warmUpTrace(trace);
        byte[][] requests = ChatBodies.all(
                gateway.getAuthority(),
                ChatBodies.WARM_UP,
                warm,
                settings.run().engine().limits().blockTokens());
        RunClock clock = clock();
        try (LiveLoad load = new LiveLoad(gateway, warm, requests, clock);
                Pacer _ = Pacer.start("lab-warm-up", clock, load)) {
            if (!load.await(settings.warmUp().plus(WARM_UP_PATIENCE)) || load.answered() < warm.size()) {
                throw new IOException("warming up, " + load.answered() + " of " + warm.size()
                        + " requests were answered (expected: all)");
            }
            long[] micros = load.ttftMicros();
            long[] settled = Arrays.copyOfRange(micros, micros.length / 2, micros.length);
            Arrays.sort(settled);
            return settled[settled.length / 2];
        }
    }

    /** Requests as long as the trace's are, so that reading them takes as long. */
    private Trace warmUpTrace(Trace trace) {
        int[] inputs =
                IntStream.range(0, trace.size()).map(trace::input).sorted().toArray();
        long count = Math.max(1, settings.warmUp().toMillis() * WARM_UP_PER_SECOND / 1_000);
        TraceBuilder builder = new TraceBuilder(UNIT);
        for (long i = 0; i < count; i++) {
            builder.add(i * 1_000_000 / WARM_UP_PER_SECOND, inputs[inputs.length / 2], LiveEvents.WARM_UP_TOKENS);
            builder.privateRest();
        }
        return builder.build();
    }

    private Result measure(LiveServer server, URI gateway, Trace trace, long seed, long pathMicros)
            throws InterruptedException {
        var run = settings.run();
        byte[][] requests = ChatBodies.all(
                gateway.getAuthority(),
                ChatBodies.MODEL,
                trace,
                run.engine().limits().blockTokens());
        long held = Math.max(0, run.engine().apiUs() - pathMicros);
        RunClock clock = clock();
        LiveService service = new LiveService(trace, run.engine(), run.fleet(), seed, clock, held);
        try (service;
                LiveLoad load = new LiveLoad(gateway, trace, requests, clock)) {
            server.serve(service);
            try (Pacer _ = Pacer.start("lab-callers", clock, load)) {
                boolean _ = load.await(LEAD.plus(settings.length()).plus(PATIENCE)); // who did not end has failed
            }
            service.close();
            return result(trace, service, load.states(), new Path(pathMicros, held));
        }
    }

    private static RunClock clock() {
        return new RunClock(System::nanoTime, System.nanoTime() + LEAD.toNanos());
    }

    private Result result(Trace trace, LiveService service, RequestStates seen, Path path) {
        RequestStates engine = service.states();
        System.arraycopy(engine.scheduled, 0, seen.scheduled, 0, trace.size());
        System.arraycopy(engine.cachedTokens, 0, seen.cachedTokens, 0, trace.size());
        Delay before = delay(trace, r -> service.cameMicros(r) < 0 ? -1 : service.cameMicros(r) - seen.arrived[r]);
        Delay after = delay(trace, r -> seen.done[r] < 0 ? -1 : seen.first[r] - engine.first[r]);
        Delay lateness = service.engines().lateness();
        return new Result(
                metrics(trace, service.engines(), seen),
                metrics(trace, service.engines(), withApiDelay(trace, engine)),
                new Overheads(path.micros / 1e3, path.heldMicros / 1e3, before, after, lateness));
    }

    /** Has requests come when they would have if the way to the engine had taken its API delay. */
    private RequestStates withApiDelay(Trace trace, RequestStates engine) {
        for (int r = 0; r < trace.size(); r++) {
            engine.arrived[r] = engine.enqueued[r] - settings.run().engine().apiUs();
        }
        return engine;
    }

    private Map<Metric, Double> metrics(Trace trace, LiveEngines engines, RequestStates states) {
        return RunMetrics.measured(
                trace,
                states,
                engines.busyMicros(),
                engines.preemptions(),
                settings.run().slo());
    }

    private static Delay delay(Trace trace, IntToLongFunction micros) {
        return Delay.of(LongStream.range(0, trace.size())
                .map(r -> micros.applyAsLong((int) r))
                .filter(each -> each >= 0)
                .toArray());
    }

    private record Path(long micros, long heldMicros) {}

    /**
     * What came of a run.
     *
     * @param metrics as callers saw it
     * @param atEngines as it was where answers were made, the API delay included
     * @param overheads what the real way added
     */
    record Result(Map<Metric, Double> metrics, Map<Metric, Double> atEngines, Overheads overheads) {}
}
