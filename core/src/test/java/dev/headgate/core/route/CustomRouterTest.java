package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.failover.FailoverCall;
import dev.headgate.core.failover.FailoverListener;
import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverRequest;
import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.failover.Step;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.testing.FakeTicker;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A pool of backends whose router an edge has loaded, on a thread that runs when the test lets it. */
class CustomRouterTest implements FailoverListener {
    private final FakeTicker ticker = new FakeTicker();
    private final Deque<Runnable> thread = new ArrayDeque<>();
    private final List<String> news = new ArrayList<>();
    private int told;

    @Test
    void requestGoesOnWhenTheRouterHasChosenOnItsThread() {
        FailoverRouter router = router(last());
        FailoverCall call = router.open(request(), () -> told++);
        assertThat(call.begin()).isEqualTo(Step.Pending.PENDING);
        runThread();
        assertThat(told).isEqualTo(1);
        assertThat(backend(call.resume())).isEqualTo("b");
        assertThat(news).isEmpty();
    }

    @Test
    void drainedBackendIsNotAmongTheCandidates() {
        FailoverRouter router = router(last());
        assertThat(router.drain("main", "b")).isTrue();
        FailoverCall call = router.open(request(), () -> told++);
        assertThat(call.begin()).isEqualTo(Step.Pending.PENDING);
        runThread();
        assertThat(backend(call.resume())).isEqualTo("a");
    }

    @Test
    void fallbackChoosesWhereTheRouterThrows() {
        FailoverRouter router = router(new Code("thrower", (candidates, request, ranks) -> {
            throw new IllegalStateException();
        }));
        FailoverCall call = router.open(request(), () -> told++);
        assertThat(call.begin()).isEqualTo(Step.Pending.PENDING);
        runThread();
        assertThat(call.resume()).isInstanceOf(Step.Send.class);
        assertThat(news).containsExactly("main thrower failed EXCEPTION");
    }

    @Test
    void fallbackChoosesWhenTheRouterGivesNoAnswerInTime() {
        FailoverRouter router = router(last());
        FailoverCall call = router.open(request(), () -> told++);
        assertThat(call.begin()).isEqualTo(Step.Pending.PENDING);
        ticker.advance(Duration.ofMillis(50));
        router.advance();
        assertThat(told).isEqualTo(1);
        assertThat(call.resume()).isInstanceOf(Step.Send.class);
        assertThat(news).containsExactly("main last failed TIMEOUT");
        assertThat(router.open(request(), () -> {}).begin()).isInstanceOf(Step.Send.class);
    }

    @Test
    void routerThatAlwaysFailsIsQuarantined() {
        FailoverRouter router = router(new Code("wild", (candidates, request, ranks) -> ranks.add(candidates.size())));
        for (int i = 0; i < InstalledRouter.MOST_FAILURES; i++) {
            assertThat(router.open(request(), () -> {}).begin()).isEqualTo(Step.Pending.PENDING);
            runThread();
        }
        assertThat(news)
                .hasSize(InstalledRouter.MOST_FAILURES + 1)
                .contains("main wild failed BAD_INDEX")
                .endsWith("main quarantined 1");
        assertThat(router.open(request(), () -> {}).begin()).isInstanceOf(Step.Send.class);
    }

    @Test
    void sameCodeStaysAndOtherCodeTakesOver() {
        Code code = last();
        FailoverRouter router = router(code);
        router.changed(plan(code));
        assertThat(news).isEmpty();
        router.changed(plan(new Code("first", (candidates, request, ranks) -> ranks.add(0))));
        assertThat(news).containsExactly("main swapped 2");
        FailoverCall call = router.open(request(), () -> told++);
        assertThat(call.begin()).isEqualTo(Step.Pending.PENDING);
        runThread();
        assertThat(backend(call.resume())).isEqualTo("a");
    }

    @Test
    void oneThatDoesNotStartChangesNothing() {
        FailoverRouter router = router(last());
        Code bad = new Code("bad", new RequestRouter() {
            @Override
            public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {}

            @Override
            public void start(RouterSetup setup) {
                throw new IllegalStateException("not today");
            }
        });
        assertThatThrownBy(() -> router.changed(plan(bad)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("router: not today");
        assertThat(new PolicyPools(router).status("main")).isEqualTo(new PolicyStatus("last", 1, 0, 0));
    }

    @Override
    public void routerFailed(String pool, String router, RouterFault fault) {
        news.add(pool + " " + router + " failed " + fault);
    }

    @Override
    public void routerQuarantined(String pool, String router, int generation) {
        news.add(pool + " quarantined " + generation);
    }

    @Override
    public void routerSwapped(String pool, String router, int generation) {
        news.add(pool + " swapped " + generation);
    }

    private Code last() {
        return new Code("last", (candidates, request, ranks) -> ranks.add(candidates.size() - 1));
    }

    private void runThread() {
        while (!thread.isEmpty()) {
            thread.remove().run();
        }
    }

    private static String backend(Step step) {
        assertThat(step).isInstanceOf(Step.Send.class);
        return ((Step.Send) step).attempt().backend().id().value();
    }

    private FailoverRequest request() {
        return new FailoverRequest("m", true, true, 100, 0, 0, Deadline.after(ticker.nanos(), Duration.ofSeconds(60)))
                .createdAt(ticker.nanos());
    }

    private FailoverRouter router(Code code) {
        SplittableRandom random = new SplittableRandom(7);
        FailoverRouter router = new FailoverRouter(plan(code), ticker, () -> random, this);
        runThread();
        return router;
    }

    private static FailoverPlan plan(Code code) {
        RouterSettings settings = new RouterSettings(
                code.name,
                code,
                Map.of(),
                Composition.DEFAULT,
                "",
                "least-request",
                PoolSettings.DEFAULTS,
                Optional.empty());
        return new FailoverPlan(
                List.of(new FailoverPlan.PoolPlan(
                        "main",
                        List.of(backendNamed("a"), backendNamed("b")),
                        FailoverSettings.DEFAULTS.with().router(settings).build())),
                List.of());
    }

    private static Backend backendNamed(String id) {
        return new Backend(
                new EndpointId(id),
                "http://" + id,
                1,
                1,
                Map.of(),
                BackendLimits.NONE,
                Backend.Credential.OWN,
                Backend.Prefill.NONE);
    }

    /** Code that gives one router, which runs when the test lets it. */
    private final class Code implements RouterCode {
        private final String name;
        private final RequestRouter router;

        private Code(String name, RequestRouter router) {
            this.name = name;
            this.router = router;
        }

        @Override
        public Instance create() {
            return new Instance(router, thread::add);
        }
    }
}
