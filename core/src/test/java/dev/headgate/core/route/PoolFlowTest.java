package dev.headgate.core.route;

import static dev.headgate.core.route.PoolFixture.ALL;
import static dev.headgate.core.route.PoolFixture.complete;
import static dev.headgate.core.route.PoolFixture.isAssigned;
import static dev.headgate.core.route.PoolFixture.lease;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.admit.FlowSettings.Fairness;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.request.Usage;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.testing.Seeds;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Calls that wait in the router for a saturated pool (routing.md §9). */
class PoolFlowTest {
    private int next;

    @Test
    void withoutFlowOnlyWhatMayBeShedIsRefusedBySaturation() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        pool.route("1");
        FakeCall shed = ask(pool, "t", -1, 0);
        assertThat(shed.failure()).isEqualTo(FailureKind.REJECTED_SATURATED);
        assertThat(ask(pool, "t", 0, 0).decision).isEqualTo(Decision.WAITING);
    }

    @Test
    void reportsSayThatAPoolIsSaturatedAsLongAsTheyAreFresh() {
        PoolFixture pool = flow(FlowSettings.DEFAULTS, PoolEndpoint.of("a", 0));
        pool.pool.signals().reported(new EndpointId("a"), new LoadReport(5, 10, 0.5, 0));
        FakeCall waiting = ask(pool, "t", 0, 0);
        assertThat(isAssigned(waiting)).isFalse();
        assertThat(pool.choices).isZero();
        pool.pool.signals().reported(new EndpointId("a"), new LoadReport(4, 10, 0.7, 0));
        assertThat(isAssigned(waiting)).isTrue();
    }

    @Test
    void aFloodFillsTheRoomForItself() {
        PoolFixture pool = flow(FlowSettings.DEFAULTS.withLimits(2, 1 << 30), PoolEndpoint.of("a", 1));
        FakeCall running = ask(pool, "flood", 0, 0);
        FakeCall first = ask(pool, "flood", 0, 0);
        FakeCall second = ask(pool, "flood", 0, 0);
        assertThat(ask(pool, "flood", 0, 0).failure()).isEqualTo(FailureKind.REJECTED_SATURATED);

        FakeCall rare = ask(pool, "rare", 0, 0);
        assertThat(second.failure()).as("the youngest makes room").isEqualTo(FailureKind.REJECTED_SATURATED);
        assertThat(ask(pool, "rare", 0, 0).failure())
                .as("no more than the flood has")
                .isEqualTo(FailureKind.REJECTED_SATURATED);
        for (FakeCall call : List.of(running, first, rare)) {
            assertThat(call.failure()).isNull();
        }
    }

    @Test
    void aFloodFillsTheRoomWhereTenantsDoNotMatter() {
        FlowSettings settings = FlowSettings.DEFAULTS.withLimits(2, 1 << 30).withFairness(Fairness.NONE, Map.of());
        PoolFixture pool = flow(settings, PoolEndpoint.of("a", 1));
        for (int i = 0; i < 3; i++) {
            ask(pool, "flood", 0, 0);
        }
        assertThat(ask(pool, "rare", 0, 0).failure()).isEqualTo(FailureKind.REJECTED_SATURATED);
    }

    @Test
    void aHigherPriorityGoesFirstWhateverElseWaits() {
        PoolFixture pool = flow(FlowSettings.DEFAULTS, PoolEndpoint.of("a", 1));
        FakeCall running = ask(pool, "t", 0, 0);
        FakeCall low = ask(pool, "t", -3, 0);
        FakeCall high = ask(pool, "t", 5, 0);
        complete(running);
        assertThat(isAssigned(high)).isTrue();
        assertThat(isAssigned(low)).isFalse();
        complete(high);
        assertThat(isAssigned(low)).isTrue();
    }

    @Test
    void aFullRoomDisplacesTheYoungestOfTheLowestBandOrRefuses() {
        PoolFixture pool = flow(FlowSettings.DEFAULTS.withLimits(2, 1 << 20), PoolEndpoint.of("a", 1));
        ask(pool, "t", 0, 0);
        FakeCall older = ask(pool, "t", 0, 0);
        FakeCall younger = ask(pool, "t", 0, 0);
        assertThat(ask(pool, "t", 0, 0).failure()).isEqualTo(FailureKind.REJECTED_SATURATED);
        ask(pool, "t", 1, 0);
        ask(pool, "t", 1, 0);
        assertThat(younger.outcomes).isEmpty();
        FakeCall third = ask(pool, "t", 1, 0);
        assertThat(third.decision).isEqualTo(Decision.WAITING);
        assertThat(younger.failure()).isEqualTo(FailureKind.REJECTED_SATURATED);
        assertThat(older.outcomes).isEmpty();
    }

    @Test
    void aWaitEndsAfterItsTimeWithTheReasonThatHolds() {
        PoolFixture pool = flow(
                FlowSettings.DEFAULTS.withTtl(Duration.ofSeconds(2), Duration.ofSeconds(5)), PoolEndpoint.of("a", 1));
        FakeCall running = ask(pool, "t", 0, 0);
        FakeCall expired = ask(pool, "t", 0, 0);
        FakeCall late = pool.route(new FakeCall(
                InferenceRequest.of("late", "m", "chat").withDeadline(Deadline.after(0, Duration.ofSeconds(1)))));
        pool.millis(1_000);
        assertThat(late.failure()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        pool.millis(1_000);
        assertThat(expired.failure()).isEqualTo(FailureKind.REJECTED_TTL_EXPIRED);
        FakeCall orphan = ask(pool, "t", 0, 0);
        pool.pool.endpointsChanged(List.of());
        pool.millis(4_999);
        assertThat(orphan.outcomes).isEmpty();
        pool.millis(1);
        assertThat(orphan.failure()).isEqualTo(FailureKind.REJECTED_NO_ENDPOINTS);
        complete(running);
        pool.assertIdle();
    }

    @Test
    void aRefusalHintsAtOneToFiftyNineSeconds() {
        PoolFixture pool = flow(FlowSettings.DEFAULTS.withLimits(0, 0), PoolEndpoint.of("a", 1));
        ask(pool, "t", 0, 0);
        FakeCall refused = ask(pool, "t", 0, 0);
        assertThat(refused.decision)
                .isInstanceOfSatisfying(
                        Decision.Refused.class,
                        decision -> assertThat(decision.failure().retryAfter())
                                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(59)));
    }

    @Test
    void aFloodingTenantGetsItsShareAndNoMore() {
        for (Fairness fairness : List.of(Fairness.VTC, Fairness.DRR, Fairness.LAS, Fairness.ROUND_ROBIN)) {
            assertThat(sharesOf(fairness, Map.of()).get("small"))
                    .as("%s", fairness)
                    .isBetween(40, 60);
        }
        assertThat(sharesOf(Fairness.NONE, Map.of()).get("small")).isLessThan(20);
    }

    @Test
    void weightsScaleShares() {
        for (Fairness fairness : List.of(Fairness.VTC, Fairness.DRR)) {
            assertThat(sharesOf(fairness, Map.of("small", 3.0)).get("small"))
                    .as("%s", fairness)
                    .isBetween(70, 80);
        }
    }

    @Test
    void aTenantThatPausedHasNoCredit() {
        PoolFixture pool = flow(FlowSettings.DEFAULTS, PoolEndpoint.of("a", 1));
        FakeCall running = ask(pool, "busy", 0, 1_000);
        for (int i = 0; i < 5; i++) {
            FakeCall following = ask(pool, "busy", 0, 1_000);
            complete(running);
            running = following;
        }
        List<FakeCall> busy = new ArrayList<>();
        List<FakeCall> back = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            busy.add(ask(pool, "busy", 0, 1_000));
            back.add(ask(pool, "back", 0, 1_000));
        }
        for (int i = 0; i < 4; i++) {
            complete(running);
            running = busy.stream()
                    .filter(PoolFixture::isAssigned)
                    .findFirst()
                    .orElseGet(() -> back.stream()
                            .filter(PoolFixture::isAssigned)
                            .findFirst()
                            .orElseThrow());
        }
        assertThat(back.stream().filter(call -> call.attempts() > 0)).hasSize(2);
    }

    @Test
    void everyCallEndsOnceWithFlowToo() {
        Seeds.each(100, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            PoolFixture pool = flow(
                    FlowSettings.DEFAULTS
                            .withLimits(5, 1 << 20)
                            .withFairness(List.of(Fairness.values()).get(random.nextInt(5)), Map.of())
                            .withCeilings(
                                    List.of(FlowSettings.Ceilings.values()).get(random.nextInt(3)))
                            .withTtl(Duration.ofMillis(500), Duration.ofMillis(900)),
                    PoolEndpoint.of("a", 2),
                    PoolEndpoint.of("b", 1));
            List<FakeCall> calls = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                switch (random.nextInt(5)) {
                    case 0, 1 ->
                        calls.add(ask(pool, "t" + random.nextInt(3), random.nextInt(4) - 2, random.nextInt(2_000)));
                    case 2 ->
                        calls.stream()
                                .filter(PoolFixture::isAssigned)
                                .findFirst()
                                .ifPresent(PoolFixture::complete);
                    case 3 -> pool.millis(random.nextInt(100));
                    default -> {
                        if (!calls.isEmpty()) {
                            pool.pool.cancel(calls.get(random.nextInt(calls.size())));
                        }
                    }
                }
            }
            for (int i = 0; i < 1_000 && calls.stream().anyMatch(call -> !call.isOver()); i++) {
                calls.stream()
                        .filter(PoolFixture::isAssigned)
                        .filter(call -> !call.isOver())
                        .forEach(PoolFixture::complete);
                pool.millis(100);
            }
            for (FakeCall call : calls) {
                assertThat(call.outcomes).hasSize(call.decision instanceof Decision.Refused ? 0 : 1);
            }
            pool.assertIdle();
        });
    }

    @Test
    void anAnswerThatSaysItIsEndlessHoldsUpNobody() {
        FlowSettings settings = FlowSettings.DEFAULTS.withFairness(Fairness.DRR, Map.of("t", 0.001));
        PoolFixture pool = flow(settings, PoolEndpoint.of("a", 1));
        FakeCall running = ask(pool, "t", 0, 100);
        lease(running).complete(new Outcome.Completed(new Usage(100, 1_000_000_000_000_000_000L), 1));
        FakeCall next = ask(pool, "t", 0, 100);
        FakeCall waiting = ask(pool, "t", 0, 100);

        complete(next);

        assertThat(isAssigned(waiting)).isTrue();
    }

    @Test
    void aCallThatIsRejectedWaitsNoLongerThanOthers() {
        PoolFixture pool = flow(FlowSettings.DEFAULTS, PoolEndpoint.of("a", 1).rejecting());
        FakeCall call = ask(pool, "t", 0, 0);
        lease(call).rejected(1);
        for (int i = 0; i < 61; i++) {
            pool.pool.signals().queueLength(new EndpointId("a"), 1);
            pool.millis(1000);
        }
        assertThat(call.failure()).isEqualTo(FailureKind.REJECTED_TTL_EXPIRED);
        pool.assertIdle();
    }

    /** Returns how many of 100 served calls each tenant had, where one asks nine times as much as the other. */
    private Map<String, Integer> sharesOf(Fairness fairness, Map<String, Double> weights) {
        PoolFixture pool = flow(FlowSettings.DEFAULTS.withFairness(fairness, weights), PoolEndpoint.of("a", 1));
        FakeCall running = ask(pool, "flood", 0, 4_000);
        List<FakeCall> waiting = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waiting.add(ask(pool, i % 10 == 0 ? "small" : "flood", 0, 4_000));
        }
        int small = 0;
        for (int i = 0; i < 100; i++) {
            lease(running).complete(new Outcome.Completed(new Usage(4_000, 100), 0));
            running =
                    waiting.stream().filter(PoolFixture::isAssigned).findFirst().orElseThrow();
            waiting.remove(running);
            small += running.request().tenant().equals("small") ? 1 : 0;
        }
        return Map.of("small", small);
    }

    private static PoolFixture flow(FlowSettings settings, PoolEndpoint... endpoints) {
        PoolFixture pool = new PoolFixture(PoolSettings.DEFAULTS, ALL);
        pool.pool.flow(settings);
        return pool.with(endpoints);
    }

    private FakeCall ask(PoolFixture pool, String tenant, int priority, int tokens) {
        return pool.route(new FakeCall(InferenceRequest.of("" + next++, "m", "chat")
                .asTenant(tenant, priority)
                .withPrompt(new Prompt(tokens, 64, new long[0]))));
    }
}
