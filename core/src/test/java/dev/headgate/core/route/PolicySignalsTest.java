package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.BackendPort;
import dev.headgate.core.failover.BackendStatus;
import dev.headgate.core.failover.FailoverCall;
import dev.headgate.core.failover.FailoverListener;
import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverRequest;
import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.failover.Step;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendTraits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.pool.Place;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.request.Usage;
import dev.headgate.core.signal.EngineFault;
import dev.headgate.core.signal.EngineReading;
import dev.headgate.core.signal.EngineType;
import dev.headgate.core.testing.FakeTicker;
import dev.headgate.core.time.Deadline;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What backends say of themselves, and what the policy of their pool makes of it. */
class PolicySignalsTest {
    private static final EndpointId A = new EndpointId("a");
    private static final EndpointId B = new EndpointId("b");

    private final FakeTicker ticker = new FakeTicker();
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<FailoverCall> told = new ArrayList<>();
    private final List<String> probes = new ArrayList<>();
    private final BackendPort port = new BackendPort() {
        @Override
        public void probe(String pool, EndpointId backend, long nanos) {
            probes.add(pool + " " + backend + " " + nanos / 1_000_000);
        }

        @Override
        public void cancelProbe(String pool, EndpointId backend) {
            probes.add("no " + backend);
        }
    };

    @Test
    void requestThatIsRejectedGoesToAnotherBackendAndNothingHasFailed() {
        FailoverRouter router = router(settings("least-request", 4), telling("a"), telling("b"));
        answerProbes(router, 0, 3);
        Opened opened = open(router);
        Attempt first = sent(opened.step);
        assertThat(first.backend().id()).isEqualTo(A);
        HeaderFields fields = fields("x-headgate-rejected", "true", "x-headgate-ongoing", "4");
        assertThat(first.isTurnedAway(503, fields)).isTrue();

        Attempt second = sent(first.turnedAway(fields));

        assertThat(second.backend().id()).isEqualTo(B);
        assertThat(opened.call.attempts()).isEqualTo(1);
        assertThat(router.status())
                .allSatisfy(status -> assertThat(status.state()).isEqualTo(BackendStatus.State.AVAILABLE));
        succeed(second);
        assertThat(inFlight(router)).isZero();
    }

    @Test
    void requestThatAllRejectWaitsUntilOneHasRoom() {
        FailoverRouter router = router(settings("least-request", 4), telling("a"));
        answerProbes(router, 3);
        Opened opened = open(router);
        Step step = sent(opened.step).turnedAway(fields("x-headgate-rejected", "true", "x-headgate-ongoing", "4"));
        assertThat(step).isEqualTo(Step.Pending.PENDING);
        assertThat(new PolicyPools(router).status("main")).isEqualTo(new PolicyStatus("least-request", 1, 1, 0));

        answerProbes(router, 1);

        assertThat(told).containsExactly(opened.call);
        succeed(sent(opened.call.resume()));
        assertThat(inFlight(router)).isZero();
    }

    @Test
    void callerThatGoesAwayWhileItIsRejectedLeavesNothing() {
        FailoverRouter router = router(settings("least-request", 4), telling("a"));
        answerProbes(router, 3);
        Opened opened = open(router);
        Attempt attempt = sent(opened.step);
        opened.call.cancel();
        assertThat(attempt.turnedAway(fields("x-headgate-rejected", "true"))).isEqualTo(Step.Pending.PENDING);
        assertThat(inFlight(router)).isZero();
        assertThat(new PolicyPools(router).status("main")).isEqualTo(new PolicyStatus("least-request", 1, 0, 0));
    }

    @Test
    void onlyWhoIsDeclaredCanReject() {
        FailoverRouter router = router(settings("least-request", 4), plain("a"));
        Attempt attempt = sent(open(router).step);
        assertThat(attempt.isTurnedAway(503, fields("x-headgate-rejected", "true")))
                .isFalse();
        attempt.answered(200, fields("x-headgate-ongoing", "4"));
        assertThat(open(router).step).isInstanceOf(Step.Send.class);
        assertThat(probes).isEmpty();
    }

    @Test
    void backendIsProbedWhenItJoinsAndItsAnswerCounts() {
        FailoverRouter router = router(settings("least-request", 2), telling("a"), telling("b"));
        assertThat(probes).containsExactlyInAnyOrder("main a 100", "main b 100");
        Opened waiting = open(router);
        assertThat(waiting.step).isEqualTo(Step.Pending.PENDING);
        new PolicyPools(router).tell("main", signals -> signals.probeAnswered(A, 2));
        new PolicyPools(router).tell("main", signals -> signals.probeAnswered(B, 1));
        assertThat(told).containsExactly(waiting.call);
        assertThat(sent(waiting.call.resume()).backend().id()).isEqualTo(B);
    }

    @Test
    void lengthOfAnyAnswerCountsUntilTheNext() {
        FailoverRouter router = router(settings("least-request", 4), telling("a"), telling("b"));
        answerProbes(router, 0, 2);
        Attempt first = sent(open(router).step);
        assertThat(first.backend().id()).isEqualTo(A);
        first.answered(200, fields("x-headgate-ongoing", "3"));
        assertThat(sent(open(router).step).backend().id()).isEqualTo(B);
    }

    @Test
    void limitThatABackendTellsHoldsAlsoAfterAReload() {
        FailoverSettings settings = settings("least-request", 0);
        FailoverRouter router = router(settings, telling("a"));
        answerProbes(router, 0);
        new PolicyPools(router).takes("main", A, 1);
        assertThat(open(router).step).isInstanceOf(Step.Send.class);
        assertThat(open(router).step).isEqualTo(Step.Pending.PENDING);
        router.changed(plan(settings, Place.UNKNOWN, telling("a")));
        assertThat(open(router).step).isEqualTo(Step.Pending.PENDING);
    }

    @Test
    void engineThatReportsAQueueIsAvoided() {
        FailoverRouter router = router(settings("gie", 0), plain("a"), plain("b"));
        EngineReading busy = new EngineReading(EngineType.VLLM.mapping());
        EngineReading idle = new EngineReading(EngineType.VLLM.mapping());
        for (int i = 0; i < 5; i++) {
            read(router, A, busy, page(40, 60, 0.95, i));
            read(router, B, idle, page(0, i, 0.1, i));
            assertThat(sent(open(router).step).backend().id()).isEqualTo(B);
        }
    }

    @Test
    void frozenPageDrawsAllRequestsForAMomentOnly() {
        FailoverRouter router = router(settings("gie", 0), plain("a"), plain("b"));
        EngineReading frozen = new EngineReading(EngineType.VLLM.mapping());
        EngineReading honest = new EngineReading(EngineType.VLLM.mapping());
        Deque<Attempt> open = new ArrayDeque<>();
        int late = 0;
        for (int i = 0; i < 200; i++) {
            ticker.advance(Duration.ofMillis(50));
            read(router, A, frozen, page(0, 0, 0, 0));
            read(router, B, honest, page(2, 3, 0.2, i));
            Attempt attempt = sent(open(router).step);
            open.add(attempt);
            late += i >= 40 && attempt.backend().id().equals(A) ? 1 : 0;
            if (open.size() > 10) {
                succeed(open.remove());
            }
        }
        assertThat(frozen.isFrozen()).isTrue();
        assertThat(frozen.faults(EngineFault.FROZEN)).isGreaterThan(100);
        assertThat(late).as("of 160, once it is not believed").isLessThan(80);
    }

    @Test
    void pageOfLiesCountsAsNoPage() {
        FailoverRouter router = router(settings("gie", 0), plain("a"), plain("b"));
        EngineReading liar = new EngineReading(EngineType.VLLM.mapping());
        EngineReading honest = new EngineReading(EngineType.VLLM.mapping());
        List<Attempt> open = new ArrayList<>();
        int toLiar = 0;
        for (int i = 0; i < 20; i++) {
            ticker.advance(Duration.ofMillis(50));
            read(router, A, liar, page(-5, Double.NaN, 7, i));
            read(router, B, honest, page(0, open.size() - toLiar, 0.1, i));
            Attempt attempt = sent(open(router).step);
            toLiar += attempt.backend().id().equals(A) ? 1 : 0;
            open.add(attempt);
        }
        assertThat(toLiar).as("of 20").isLessThan(11);
        assertThat(liar.faults(EngineFault.NEGATIVE)).isEqualTo(20);
        assertThat(liar.faults(EngineFault.NOT_A_NUMBER)).isEqualTo(20);
        assertThat(liar.faults(EngineFault.TOO_LARGE)).isEqualTo(20);
        open.forEach(PolicySignalsTest::succeed);
        assertThat(inFlight(router)).isZero();
    }

    @Test
    void cacheThatDoesNotKeepWhatIsPredictedLosesItsPull() {
        FailoverRouter router = router(settings("prefix-affinity", 0), plain("a"), plain("b"));
        long[] blocks = LongStream.range(1, 61).toArray();
        Prompt prompt = new Prompt(60 * 64 + 10, 64, blocks);
        Usage cached = new Usage(1000, 1, 900);
        Usage computed = new Usage(1000, 1, 0);
        EndpointId holder = served(router, prompt, cached);
        for (int i = 0; i < 60; i++) {
            assertThat(served(router, prompt, cached)).isEqualTo(holder);
        }
        int toHolder = 0;
        for (int i = 0; i < 200; i++) {
            toHolder += served(router, prompt, computed).equals(holder) ? 1 : 0;
        }
        assertThat(toHolder)
                .as("of 200, once half of the last 50 were computed")
                .isBetween(25, 190);
    }

    private EndpointId served(FailoverRouter router, Prompt prompt, Usage usage) {
        FailoverRequest request = new FailoverRequest(
                        "m", true, true, 100, 0, 0, Deadline.after(ticker.nanos(), Duration.ofSeconds(60)))
                .createdAt(ticker.nanos())
                .from("", "", prompt);
        Attempt attempt = sent(router.open(request, () -> {}).begin());
        attempt.firstToken();
        assertThat(attempt.commits()).isTrue();
        attempt.completed(usage);
        return attempt.backend().id();
    }

    @Test
    void nearBackendsAreChosenFirstAndFarOnesWhenTheyAreFull() {
        FailoverSettings settings = FailoverSettings.DEFAULTS
                .with()
                .router(new RouterSettings(
                                "least-request",
                                Map.of(),
                                new Composition(true, false, true, false),
                                "",
                                "random",
                                PoolSettings.DEFAULTS.withMaxOngoing(1))
                        .near(Set.of(RouterSettings.Scope.NODE, RouterSettings.Scope.ZONE)))
                .build();
        Backend far = plain("a").with(new BackendTraits(new Place("n3", "z2"), Map.of(), false));
        Backend inZone = plain("b").with(new BackendTraits(new Place("n2", "z1"), Map.of(), false));
        Backend onNode = plain("c").with(new BackendTraits(new Place("n1", "z1"), Map.of(), false));
        FailoverRouter router = new FailoverRouter(
                plan(settings, new Place("n1", "z1"), far, inZone, onNode),
                ticker,
                () -> random,
                FailoverListener.NONE);
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            chosen.add(sent(open(router).step).backend().id().value());
        }
        assertThat(chosen).containsExactly("c", "b", "a");
        assertThat(open(router).step).isEqualTo(Step.Pending.PENDING);
    }

    @Test
    void ownWordAndThePoolsLimitBothHoldWhicheverChanges() {
        FailoverRouter router = router(settings("least-request", 4), telling("a"));
        answerProbes(router, 0);
        new PolicyPools(router).takes("main", A, 100);
        router.changed(plan(settings("least-request", 2), Place.UNKNOWN, telling("a")));
        sent(open(router).step);
        sent(open(router).step);
        assertThat(open(router).step).isEqualTo(Step.Pending.PENDING);

        router.changed(plan(settings("least-request", 3), Place.UNKNOWN, telling("a")));
        answerProbes(router, 2);

        assertThat(new PolicyPools(router).status("main")).isEqualTo(new PolicyStatus("least-request", 1, 0, 0));
    }

    private void answerProbes(FailoverRouter router, int... ongoing) {
        EndpointId[] ids = {A, B};
        for (int i = 0; i < ongoing.length; i++) {
            int backend = i;
            new PolicyPools(router).tell("main", signals -> signals.probeAnswered(ids[backend], ongoing[backend]));
        }
    }

    private static void read(FailoverRouter router, EndpointId backend, EngineReading reading, String page) {
        reading.begin();
        reading.read(ByteBuffer.wrap(page.getBytes(StandardCharsets.UTF_8)));
        new PolicyPools(router).read("main", backend, reading);
    }

    private static String page(double waiting, double running, double kvUsage, int counter) {
        return "vllm:num_requests_waiting " + waiting + "\nvllm:num_requests_running " + running
                + "\nvllm:kv_cache_usage_perc " + kvUsage + "\nprocess_cpu_seconds_total " + counter + "\n";
    }

    private static HeaderFields fields(String... namesAndValues) {
        return name -> {
            for (int i = 0; i < namesAndValues.length; i += 2) {
                if (namesAndValues[i].equals(name)) {
                    return List.of(namesAndValues[i + 1]);
                }
            }
            return List.of();
        };
    }

    private static void succeed(Attempt attempt) {
        assertThat(attempt.commits()).isTrue();
        attempt.completed(Usage.NONE);
    }

    private static int inFlight(FailoverRouter router) {
        return router.status().stream().mapToInt(BackendStatus::inFlight).sum();
    }

    private static Attempt sent(Step step) {
        assertThat(step).isInstanceOf(Step.Send.class);
        return ((Step.Send) step).attempt();
    }

    private Opened open(FailoverRouter router) {
        FailoverCall[] self = new FailoverCall[1];
        FailoverRequest request = new FailoverRequest(
                        "m", true, true, 100, 0, 0, Deadline.after(ticker.nanos(), Duration.ofSeconds(60)))
                .createdAt(ticker.nanos());
        FailoverCall call = router.open(request, () -> told.add(self[0]));
        self[0] = call;
        return new Opened(call, call.begin());
    }

    private FailoverRouter router(FailoverSettings settings, Backend... backends) {
        return new FailoverRouter(
                plan(settings, Place.UNKNOWN, backends), ticker, () -> random, FailoverListener.NONE, port);
    }

    private static FailoverPlan plan(FailoverSettings settings, Place self, Backend... backends) {
        return new FailoverPlan(
                List.of(new FailoverPlan.PoolPlan("main", List.of(backends), settings)), List.of(), self);
    }

    private static FailoverSettings settings(String policy, int maxOngoing) {
        PoolSettings loop = PoolSettings.DEFAULTS.withMaxOngoing(maxOngoing);
        return FailoverSettings.DEFAULTS
                .with()
                .router(new RouterSettings(policy, Map.of(), Composition.DEFAULT, "", "random", loop))
                .build();
    }

    private static Backend plain(String id) {
        return Backend.of(id, "http://" + id, 1);
    }

    private static Backend telling(String id) {
        return plain(id).with(new BackendTraits(Place.UNKNOWN, Map.of(), true));
    }

    private record Opened(FailoverCall call, Step step) {}
}
