package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.failover.Attempt;
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
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.request.Usage;
import dev.headgate.core.testing.FakeTicker;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A policy picks among the backends that failover leaves it. */
class PolicyPoolTest {
    private final FakeTicker ticker = new FakeTicker();
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<FailoverCall> told = new ArrayList<>();

    @Test
    void requestsSpreadByWhatIsInFlight() {
        FailoverRouter router =
                router(settings("least-request", 0, -1), backend("a", 1), backend("b", 1), backend("c", 1));
        Map<String, Integer> sent = new HashMap<>();
        for (int i = 0; i < 9; i++) {
            sent.merge(sent(begin(router)).backend().id().value(), 1, Integer::sum);
        }
        assertThat(sent).isEqualTo(Map.of("a", 3, "b", 3, "c", 3));
    }

    @Test
    void whoeverEndsMakesRoomForWhoWaits() {
        FailoverRouter router = router(settings("least-request", 1, -1), backend("a", 1));
        Attempt running = sent(begin(router));
        Opened waiting = open(router);
        assertThat(waiting.step).isEqualTo(Step.Pending.PENDING);
        assertThat(new PolicyPools(router).status("main")).isEqualTo(new PolicyStatus("least-request", 1, 1, 0));

        succeed(running);

        assertThat(told).containsExactly(waiting.call);
        assertThat(sent(waiting.call.resume()).backend().id().value()).isEqualTo("a");
    }

    @Test
    void nextTierServesWhenTheFirstIsFull() {
        FailoverRouter router = router(settings("least-request", 1, -1), backend("a", 1), backend("b", 2));
        assertThat(sent(begin(router)).backend().id().value()).isEqualTo("a");
        assertThat(sent(begin(router)).backend().id().value()).isEqualTo("b");
        assertThat(begin(router)).isEqualTo(Step.Pending.PENDING);
    }

    @Test
    void failedBackendIsNotChosenAgainForTheRequest() {
        FailoverRouter router = router(settings("least-request", 0, -1), backend("a", 1), backend("b", 1));
        Attempt first = sent(begin(router));
        Attempt second = sent(first.failed(AttemptFailure.CONNECT_REFUSED));
        assertThat(second.backend().id()).isNotEqualTo(first.backend().id());
        assertThat(second.failed(AttemptFailure.CONNECT_REFUSED)).isNotInstanceOf(Step.Send.class);
        assertThat(inFlight(router)).isZero();
    }

    @Test
    void whoMayNotWaitIsRefusedAtOnce() {
        FailoverRouter router = router(settings("least-request", 1, 1), backend("a", 1));
        sent(begin(router));
        assertThat(begin(router)).isEqualTo(Step.Pending.PENDING);
        assertThat(begin(router)).isInstanceOfSatisfying(Step.Refuse.class, refused -> {
            assertThat(refused.failure().kind()).isEqualTo(FailureKind.BACK_PRESSURE);
            assertThat(refused.advice().waitMillis()).isBetween(1_000L, 59_000L);
        });
    }

    @Test
    void callerThatGoesAwayLeavesItsPlace() {
        FailoverRouter router = router(settings("least-request", 1, -1), backend("a", 1));
        Attempt running = sent(begin(router));
        Opened gone = open(router);
        Opened waiting = open(router);
        gone.call.cancel();
        succeed(running);
        assertThat(told).containsExactly(waiting.call);
        assertThat(gone.call.resume()).isEqualTo(Step.Pending.PENDING);
        succeed(sent(waiting.call.resume()));
        assertThat(waiting(router)).isZero();
        assertThat(inFlight(router)).isZero();
    }

    @Test
    void whoWaitsHearsThatNothingIsLeftToWaitFor() {
        FailoverRouter router = router(settings("least-request", 1, -1), backend("a", 1));
        Attempt running = sent(begin(router));
        Opened waiting = open(router);
        assertThat(router.drain("main", "a")).isTrue();
        succeed(running);
        for (int i = 0; i < 20 && told.isEmpty(); i++) {
            ticker.advance(Duration.ofMillis(100));
            router.advance();
        }
        assertThat(told).contains(waiting.call);
        assertThat(waiting.call.resume()).isInstanceOf(Step.Refuse.class);
        assertThat(waiting(router)).isZero();
    }

    @Test
    void conversationGoesBackToWhereItsPrefixIs() {
        FailoverRouter router =
                router(settings("marginal-cost", 0, -1), backend("a", 1), backend("b", 1), backend("c", 1));
        long[] blocks = new long[60];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = 1000L + i;
        }
        Prompt prompt = new Prompt(60 * 64 + 10, 64, blocks);
        Attempt first = sent(open(router, request().from("", "", prompt)).step);
        first.firstToken();
        succeed(first);
        for (int i = 0; i < 10; i++) {
            Attempt next = sent(open(router, request().from("", "", prompt)).step);
            assertThat(next.backend().id()).isEqualTo(first.backend().id());
            succeed(next);
        }
    }

    @Test
    void anotherPolicyTakesOverAndWhoWaitsKeepsItsPlace() {
        FailoverRouter router = router(settings("least-request", 1, -1), backend("a", 1));
        Attempt running = sent(begin(router));
        Opened waiting = open(router);
        router.changed(plan(settings("round-robin", 1, -1), backend("a", 1)));
        assertThat(new PolicyPools(router).status("main")).isEqualTo(new PolicyStatus("round-robin", 2, 1, 0));
        succeed(running);
        assertThat(told).containsExactly(waiting.call);
        assertThat(waiting.call.resume()).isInstanceOf(Step.Send.class);
    }

    private static void succeed(Attempt attempt) {
        assertThat(attempt.commits()).isTrue();
        attempt.completed(Usage.NONE);
    }

    @Test
    void aPolicyThatDoesNotStartLeavesTheWholePlanOfBefore() {
        FailoverRouter router = new FailoverRouter(
                both(settings("p2c", 0, -1), settings("p2c", 0, -1), "a"), ticker, () -> random, FailoverListener.NONE);

        FailoverPlan bad = both(settings("least-request", 0, -1), settings("no-such", 0, -1), "b");
        assertThatThrownBy(() -> router.changed(bad)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> router.changed(bad)).as("again").isInstanceOf(IllegalArgumentException.class);

        assertThat(Objects.requireNonNull(new PolicyPools(router).status("main"))
                        .policy())
                .isEqualTo("p2c");
        assertThat(Objects.requireNonNull(new PolicyPools(router).status("other"))
                        .policy())
                .isEqualTo("p2c");
        assertThat(sent(begin(router)).backend().id().value()).isEqualTo("a");
    }

    @Test
    void whoWaitsInAPoolThatIsRemovedStillHears() {
        FailoverRouter router = router(settings("least-request", 1, -1), backend("a", 1));
        sent(begin(router));
        Opened waiting = open(router);
        FailoverPlan without = new FailoverPlan(
                List.of(new FailoverPlan.PoolPlan("other", List.of(backend("b", 1)), FailoverSettings.DEFAULTS)),
                List.of());
        router.changed(without);

        ticker.advance(Duration.ofSeconds(61));
        router.advance();

        assertThat(told).containsExactly(waiting.call);
        assertThat(waiting.call.resume()).isInstanceOf(Step.Refuse.class);
    }

    @Test
    void whoWaitsInTheRoomHearsWhenNothingIsLeft() {
        FailoverRouter router = router(
                FailoverSettings.DEFAULTS
                        .with()
                        .router(new RouterSettings(
                                "least-request",
                                null,
                                Map.of(),
                                Composition.DEFAULT,
                                "",
                                "random",
                                PoolSettings.DEFAULTS.withMaxOngoing(1),
                                Optional.of(FlowSettings.DEFAULTS)))
                        .build(),
                backend("a", 1));
        sent(begin(router));
        Opened waiting = open(router);
        assertThat(waiting(router)).isEqualTo(1);
        router.drain("main", "a");

        for (int i = 0; i < 10; i++) {
            ticker.advance(Duration.ofMillis(50));
            router.advance();
        }

        assertThat(told).containsExactly(waiting.call);
        assertThat(waiting.call.resume()).isInstanceOf(Step.Refuse.class);
    }

    private static FailoverPlan both(FailoverSettings main, FailoverSettings other, String id) {
        return new FailoverPlan(
                List.of(
                        new FailoverPlan.PoolPlan("main", List.of(backend(id, 1)), main),
                        new FailoverPlan.PoolPlan("other", List.of(backend(id, 1)), other)),
                List.of());
    }

    private static int waiting(FailoverRouter router) {
        PolicyStatus status = new PolicyPools(router).status("main");
        assertThat(status).isNotNull();
        return Objects.requireNonNull(status).waiting();
    }

    private static int inFlight(FailoverRouter router) {
        return router.status().stream().mapToInt(BackendStatus::inFlight).sum();
    }

    private static Attempt sent(Step step) {
        assertThat(step).isInstanceOf(Step.Send.class);
        return ((Step.Send) step).attempt();
    }

    private Step begin(FailoverRouter router) {
        return open(router).step;
    }

    private Opened open(FailoverRouter router) {
        return open(router, request());
    }

    private Opened open(FailoverRouter router, FailoverRequest request) {
        FailoverCall[] self = new FailoverCall[1];
        FailoverCall call = router.open(request, () -> told.add(self[0]));
        self[0] = call;
        return new Opened(call, call.begin());
    }

    private FailoverRequest request() {
        return new FailoverRequest("m", true, true, 100, 0, 0, Deadline.after(ticker.nanos(), Duration.ofSeconds(60)))
                .createdAt(ticker.nanos());
    }

    private FailoverRouter router(FailoverSettings settings, Backend... backends) {
        return new FailoverRouter(plan(settings, backends), ticker, () -> random, FailoverListener.NONE);
    }

    private static FailoverPlan plan(FailoverSettings settings, Backend... backends) {
        return new FailoverPlan(List.of(new FailoverPlan.PoolPlan("main", List.of(backends), settings)), List.of());
    }

    private static FailoverSettings settings(String policy, int maxOngoing, int maxQueued) {
        PoolSettings loop = PoolSettings.DEFAULTS.withMaxOngoing(maxOngoing).withMaxQueued(maxQueued);
        return FailoverSettings.DEFAULTS
                .with()
                .router(new RouterSettings(policy, Map.of(), Composition.DEFAULT, "", "random", loop))
                .build();
    }

    private static Backend backend(String id, int priority) {
        return new Backend(
                new EndpointId(id),
                "http://" + id,
                priority,
                1,
                Map.of(),
                BackendLimits.NONE,
                Backend.Credential.OWN,
                Backend.Prefill.NONE);
    }

    private record Opened(FailoverCall call, Step step) {}
}
