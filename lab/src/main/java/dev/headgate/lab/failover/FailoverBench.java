package dev.headgate.lab.failover;

import dev.headgate.lab.provider.Conduct;
import dev.headgate.lab.provider.FakeProvider;
import dev.headgate.lab.provider.Flaw;
import dev.headgate.lab.provider.Script;
import dev.headgate.lab.provider.Try;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Plays scenarios against a gateway and scores it: a provider with two models for each lane, a caller for each lane, all
 * lanes at once.
 */
public final class FailoverBench implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final LaneModels WARM_UP = LaneModels.of("warm-up");
    private static final int WARM_UPS = 40; // after these the gateway's own time is that of a running server

    private final List<Scenario> scenarios;
    private final FakeProvider provider;

    private FailoverBench(List<Scenario> scenarios, FakeProvider provider) {
        this.scenarios = List.copyOf(scenarios);
        this.provider = provider;
    }

    /** Starts a provider for {@code scenarios} on {@code providerPort}, 0 for any free one. */
    public static FailoverBench start(List<Scenario> scenarios, int providerPort) throws IOException {
        FailoverBench bench = new FailoverBench(scenarios, FakeProvider.start(providerPort));
        Script quick = Script.always(new Conduct.Answer(Duration.ZERO, Duration.ZERO, new Flaw.None()));
        bench.provider.script(WARM_UP.primary(), quick);
        bench.provider.script(WARM_UP.fallback(), quick);
        for (Scenario scenario : scenarios) {
            for (Lane lane : scenario.lanes()) {
                LaneModels models = scenario.models(lane);
                bench.provider.script(models.primary(), lane.primary());
                bench.provider.script(models.fallback(), lane.fallback());
            }
        }
        return bench;
    }

    /** Returns what a gateway must be configured with to play. */
    public GatewayRecipe recipe() {
        List<LaneModels> models = new ArrayList<>();
        models.add(WARM_UP);
        for (Scenario scenario : scenarios) {
            scenario.lanes().forEach(lane -> models.add(scenario.models(lane)));
        }
        return new GatewayRecipe(provider.url(), models);
    }

    /**
     * Plays all scenarios against the gateway at {@code target}; once, as the scripts remember what was tried.
     *
     * @param headers what the caller sends beside its own, such as a key
     */
    public FailoverReport play(URI target, Map<String, String> headers) throws InterruptedException {
        Caller caller = new Caller(target, Map.copyOf(headers), PATIENCE);
        for (int i = 0; i < WARM_UPS; i++) {
            var _ = caller.post("/v1/chat/completions", ChatRequest.body(WARM_UP.primary(), i % 2 == 0));
        }
        long startNanos = System.nanoTime();
        List<FailoverReport.Row> rows = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<List<Future<FailoverReport.LaneRow>>> playing = new ArrayList<>();
            for (Scenario scenario : scenarios) {
                List<Future<FailoverReport.LaneRow>> lanes = new ArrayList<>();
                scenario.lanes().forEach(lane -> lanes.add(threads.submit(() -> play(caller, scenario, lane))));
                playing.add(lanes);
            }
            for (int i = 0; i < scenarios.size(); i++) {
                rows.add(row(scenarios.get(i), playing.get(i)));
            }
        }
        return FailoverReport.of(target.toString(), (System.nanoTime() - startNanos) / 1e9, rows);
    }

    /** Ends the provider. */
    @Override
    public void close() throws IOException {
        provider.close();
    }

    private static FailoverReport.Row row(Scenario scenario, List<Future<FailoverReport.LaneRow>> lanes)
            throws InterruptedException {
        List<FailoverReport.LaneRow> played = new ArrayList<>();
        Score score = Score.PASS;
        for (Future<FailoverReport.LaneRow> lane : lanes) {
            try {
                played.add(lane.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("cannot play " + scenario.id(), e.getCause());
            }
            score = score.worse(played.getLast().score());
        }
        return new FailoverReport.Row(scenario.id(), score, scenario.fault(), scenario.ideal(), played);
    }

    private FailoverReport.LaneRow play(Caller caller, Scenario scenario, Lane lane)
            throws InterruptedException, ExecutionException {
        LaneModels models = scenario.models(lane);
        String body = ChatRequest.body(models.primary(), lane.streams());
        long startNanos = System.nanoTime();
        List<Future<Reception>> sent = new ArrayList<>();
        List<Reception> receptions = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < lane.requests(); i++) {
                long dueNanos = startNanos + i * lane.every().toNanos();
                Thread.sleep(Duration.ofNanos(Math.max(0, dueNanos - System.nanoTime())));
                sent.add(threads.submit(() -> caller.post("/v1/chat/completions", body)));
            }
            for (Future<Reception> reception : sent) {
                receptions.add(reception.get());
            }
        }
        List<Try> primary = settled(models.primary());
        List<Try> fallback = settled(models.fallback());
        List<ReceivedAnswer> answers = receptions.stream()
                .map(reception -> AnswerReader.read(reception, lane.streams()))
                .toList();
        Evidence evidence = new Evidence(models, receptions, answers, primary, fallback);
        Judge.Finding finding = Judge.judge(lane.ideal(), evidence);
        double longest =
                receptions.stream().mapToDouble(Reception::seconds).max().orElse(0);
        return new FailoverReport.LaneRow(
                lane.name(), finding.score(), longest, primary.size(), fallback.size(), finding.note());
    }

    /** The caller may have its last byte before the provider has written down that it sent it. */
    private List<Try> settled(String model) throws InterruptedException {
        long untilNanos = System.nanoTime() + Duration.ofMillis(500).toNanos();
        List<Try> tries = provider.tries(model);
        while (tries.stream().anyMatch(t -> t.state() == Try.State.RUNNING) && System.nanoTime() - untilNanos < 0) {
            Thread.sleep(Duration.ofMillis(5));
            tries = provider.tries(model);
        }
        return tries;
    }
}
