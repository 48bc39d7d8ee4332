package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.testing.FakeTicker;
import dev.headgate.core.testing.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every choice can be explained, and its inputs give it again. */
class ExplanationTest {
    private final FakeTicker ticker = FakeTicker.at(0);

    @Test
    void replayingItsInputsGivesTheSameWinner() {
        for (String policy :
                List.of("marginal-cost", "random", "p2c", "least-request", "lmetric", "gie", "consistent-hash")) {
            Seeds.each(20, seed -> {
                PoolRouter pool = pool(policy, seed);
                pool.explain(1);
                SplittableRandom random = new SplittableRandom(seed);
                for (int i = 0; i < 30; i++) {
                    FakeCall call = ask(pool, random);
                    Explanation explanation =
                            pool.explanation(call.explanationId()).orElseThrow();
                    assertThat(explanation.replay(plan(policy, 99)))
                            .as("%s, choice %s", policy, i)
                            .isEqualTo(explanation.ranks());
                    int winner = explanation
                            .candidates()
                            .indexOf(PoolFixture.lease(call).endpoint());
                    assertThat(explanation.ranks().get(0)).contains(winner);
                }
            });
        }
    }

    @Test
    void aCostIsToldTermByTerm() {
        PoolRouter pool = pool("marginal-cost", 1);
        pool.explain(1);
        FakeCall call = ask(pool, new SplittableRandom(1));
        Explanation explanation = pool.explanation(call.explanationId()).orElseThrow();
        assertThat(explanation.terms())
                .hasSize(4)
                .allSatisfy(terms -> assertThat(terms).containsKeys("wait", "prefill"));
        assertThat(explanation.policy()).isEqualTo("marginal-cost");
        assertThat(explanation.pass()).isEqualTo(1);
    }

    @Test
    void aShareOfChoicesIsExplainedAndWhoeverAsksIs() {
        PoolRouter pool = pool("random", 1);
        pool.explain(0.25);
        SplittableRandom random = new SplittableRandom(1);
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ids.add(ask(pool, random).explanationId());
        }
        assertThat(ids.stream().filter(id -> id > 0)).hasSize(25);
        pool.explain(0);
        FakeCall asking = new FakeCall(InferenceRequest.of("r", "m", "chat"));
        asking.explain();
        pool.route(asking);
        assertThat(asking.explanationId()).isPositive();
        assertThat(ask(pool, random).explanationId()).isZero();
    }

    @Test
    void choiceOfARouterOnItsThreadIsExplainedThereAndGivesTheSameAgain() {
        Deque<Runnable> thread = new ArrayDeque<>();
        PoolRouter pool = pool(plan("random", 1).on(new RouterPlan.RouterThread(thread::add, Runnable::run)));
        pool.explain(1);
        for (int i = 0; i < 20; i++) {
            FakeCall call = ask(pool, new SplittableRandom(i));
            assertThat(call.explanationId()).isZero();
            while (!thread.isEmpty()) {
                thread.remove().run();
            }
            Explanation explanation = pool.explanation(call.explanationId()).orElseThrow();
            assertThat(explanation.chooser()).isEqualTo(Explanation.Chooser.ROUTER);
            assertThat(explanation.replay(plan("random", 99))).isEqualTo(explanation.ranks());
            assertThat(explanation.candidates().id(explanation.ranks().get(0).get(0)))
                    .isEqualTo(PoolFixture.lease(call).endpoint());
        }
    }

    @Test
    void fallbackOfARouterThatThrowsIsExplainedWithoutTerms() {
        RouterPlan thrower = RouterPlan.of(
                "thrower",
                (candidates, request, ranks) -> {
                    throw new IllegalStateException();
                },
                RouterSetup.Parameters.of(Map.of()),
                new SplittableRandom(1));
        PoolRouter pool = pool(thrower);
        pool.explain(1);
        FakeCall call = ask(pool, new SplittableRandom(1));
        Explanation explanation = pool.explanation(call.explanationId()).orElseThrow();
        assertThat(explanation.isFallback()).isTrue();
        assertThat(explanation.terms())
                .hasSize(4)
                .allSatisfy(terms -> assertThat(terms).isEmpty());
    }

    @Test
    void whoIsBoundLateIsExplainedByWhatItCosts() {
        PoolRouter pool = pool("marginal-cost", 1);
        pool.flow(FlowSettings.DEFAULTS.withBinding(FlowBinding.EARLY.binding(FlowBinding.When.LATE)));
        pool.explain(1);
        FakeCall call = ask(pool, new SplittableRandom(1));
        Explanation explanation = pool.explanation(call.explanationId()).orElseThrow();
        assertThat(explanation.chooser()).isEqualTo(Explanation.Chooser.LATE_BINDING);
        assertThat(explanation.terms())
                .hasSize(4)
                .allSatisfy(terms -> assertThat(terms).containsKeys("wait", "prefill"));
        assertThat(explanation.candidates().id(explanation.ranks().get(0).get(0)))
                .isEqualTo(PoolFixture.lease(call).endpoint());
    }

    @Test
    void theLatestTenThousandAreKept() {
        Explanations explanations = new Explanations(1);
        PoolRouter pool = pool("random", 1);
        pool.explain(1);
        Explanation any = pool.explanation(ask(pool, new SplittableRandom(1)).explanationId())
                .orElseThrow();
        for (int i = 0; i < 10_001; i++) {
            explanations.keep(new Explanation(
                    explanations.nextId(),
                    "p",
                    1,
                    Explanation.Chooser.ROUTER,
                    1,
                    0,
                    any.request(),
                    any.candidates(),
                    List.of(),
                    List.of(),
                    List.of()));
        }
        assertThat(explanations.find(1)).isEqualTo(Optional.empty());
        assertThat(explanations.find(2)).isPresent();
        assertThat(explanations.find(10_001)).isPresent();
    }

    private PoolRouter pool(String policy, long seed) {
        return pool(plan(policy, seed));
    }

    private PoolRouter pool(RouterPlan plan) {
        PoolRouter pool = new PoolRouter(
                PoolSettings.DEFAULTS,
                "test",
                plan,
                plan("least-request", 1),
                ticker,
                EndpointPort.NONE,
                RouterListener.NONE);
        pool.endpointsChanged(List.of(
                PoolEndpoint.of("a", 0), PoolEndpoint.of("b", 0), PoolEndpoint.of("c", 0), PoolEndpoint.of("d", 0)));
        return pool;
    }

    private static RouterPlan plan(String policy, long seed) {
        return RouterPlan.of(
                policy,
                RoutingPolicies.builtIn().create(policy),
                RouterSetup.Parameters.of(Map.of()),
                new SplittableRandom(seed));
    }

    private static FakeCall ask(PoolRouter pool, SplittableRandom random) {
        long first = random.nextInt(3);
        FakeCall call = new FakeCall(InferenceRequest.of("r", "m", "chat")
                .withPrompt(new Prompt(64 + random.nextInt(1_000), 64, new long[] {first + 1})));
        call.decision = pool.route(call);
        return call;
    }
}
