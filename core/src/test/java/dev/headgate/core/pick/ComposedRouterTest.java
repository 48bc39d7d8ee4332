package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComposedRouterTest {
    private static final Composition ALL = new Composition(true, true, true, false);

    private final FakeSetup setup = FakeSetup.of(1, Map.of());
    private final FakeCandidates candidates = FakeCandidates.of(4);

    @Test
    void localityTriesNodeThenZoneThenAllEachOnce() {
        RequestRouter router = composed("least-request", ALL);
        candidates.at(1).node = "n1";
        candidates.at(1).zone = "z1";
        candidates.at(2).zone = "z1";
        candidates.at(1).inFlight = 1;
        FakeRequest request = FakeRequest.of(1);

        Ranks node = choose(router, request);
        assertThat(node).hasToString("[1]");
        assertThat(node.retriesAtOnce()).isTrue();
        Ranks zone = choose(router, request);
        assertThat(zone).hasToString("[2] [1]");
        assertThat(zone.retriesAtOnce()).isTrue();
        Ranks all = choose(router, request);
        assertThat(all.get(0, 0)).isIn(0, 2, 3);
        assertThat(all.retriesAtOnce()).isFalse();

        request.context().newAttempt();
        assertThat(choose(router, request)).hasToString("[1]");
    }

    @Test
    void unknownNodeAndZoneAreNobodys() {
        RouterPart part = RouterPart.locality("", "");
        assertThat(part.narrow(candidates, FakeRequest.of(1)).size()).isEqualTo(4);
        Ranks ranks = new Ranks();
        ranks.reset(4);
        part.rank(candidates, FakeRequest.of(1), ranks);
        assertThat(ranks).hasToString("[0, 1, 2, 3]");
    }

    @Test
    void sessionStaysUntilItsEndpointDiesOrItIsIdleForAnHour() {
        RequestRouter router = composed("round-robin", ALL);
        FakeRequest request = FakeRequest.of(1).session("s");
        router.routed(candidates.id(2), request);
        for (int i = 0; i < 5; i++) {
            assertThat(choose(router, request)).hasToString("[2]");
        }
        setup.clock().advance(Duration.ofMinutes(59));
        assertThat(choose(router, request)).hasToString("[2]");
        router.routed(candidates.id(2), request);
        router.died(candidates.id(2));
        assertThat(choose(router, request).size(0)).isEqualTo(1);
        assertThat(choose(router, request).count()).isEqualTo(3);

        router.routed(candidates.id(1), request);
        setup.clock().advance(Duration.ofMinutes(61));
        assertThat(choose(router, request).count()).isEqualTo(3);
    }

    @Test
    void modelGoesBeforeSessionAndSessionBeforeLocality() {
        RequestRouter router = composed("least-request", ALL);
        candidates.at(0).node = "n1";
        candidates.at(3).models = Set.of("a");
        router.routed(candidates.id(2), FakeRequest.of(1).session("s"));
        assertThat(choose(router, FakeRequest.of(2).session("s").adapter("a"))).hasToString("[3]");
        assertThat(choose(router, FakeRequest.of(2).session("s"))).hasToString("[2]");
        assertThat(choose(router, FakeRequest.of(2))).hasToString("[0]");
    }

    @Test
    void burstForAModelThatNobodyHoldsLoadsItOnce() {
        RequestRouter router = composed("least-request", Composition.DEFAULT);
        setup.clock().set(1_000_000_000_000L);
        candidates.at(0).models = Set.of("x", "y");
        candidates.at(1).models = Set.of("x");
        candidates.at(2).models = Set.of("x");
        candidates.at(3).models = Set.of("x", "y");
        assertThat(choose(router, FakeRequest.of(1).adapter("a")).get(0, 0)).isIn(1, 2);
        FakeRequest second = FakeRequest.of(2).adapter("a");
        assertThat(choose(router, second).count()).isZero();

        candidates.at(2).models = Set.of("x", "a");
        assertThat(choose(router, second)).hasToString("[2]");
        assertThat(choose(router, second)).hasToString("[1]"); // the holder was full

        setup.clock().advance(Duration.ofMillis(2001));
        assertThat(choose(router, second)).hasToString("[1]");
        assertThat(choose(router, second).count()).isEqualTo(3);
    }

    @Test
    void holderThatIsBehindIsLeftByAPolicyThatWeighsLoading() {
        RequestRouter router = composed("marginal-cost", Composition.DEFAULT);
        candidates.at(2).models = Set.of("a");
        candidates.at(2).pendingTokens = 50_000;
        assertThat(choose(router, FakeRequest.of(1).adapter("a")).get(0, 0)).isEqualTo(2);
        candidates.at(2).pendingTokens = 500_000;
        assertThat(choose(router, FakeRequest.of(2).adapter("a")).get(0, 0)).isNotEqualTo(2);
        assertThat(choose(
                        composed("lpwl", Composition.DEFAULT), FakeRequest.of(3).adapter("a")))
                .hasToString("[2]");
    }

    @Test
    void modelThatNobodyHoldsIsNotWaitedForByAPolicyThatWeighsLoading() {
        RequestRouter router = composed("marginal-cost", Composition.DEFAULT);
        FakeRequest first = FakeRequest.of(1).adapter("a");
        candidates.at(1).models = Set.of("x");
        candidates.at(1).pendingTokens = 10_000;
        for (int i : new int[] {0, 2, 3}) {
            candidates.at(i).models = Set.of("x", "y");
            candidates.at(i).inFlight = i;
        }
        assertThat(choose(router, first).get(0, 0))
                .as("the fewest models are no rule")
                .isEqualTo(0);

        candidates.at(0).inFlight = 20;
        candidates.at(0).inFlightByModel.put("a", 20);
        for (int id = 2; id < 40; id++) {
            FakeRequest later = FakeRequest.of(id).adapter("a");
            assertThat(choose(router, later).get(0, 0))
                    .as("where it is being loaded")
                    .isEqualTo(0);
        }
    }

    @Test
    void modelIsNotWaitedForWhereOneEndpointIsAll() {
        RequestRouter router = composed("least-request", Composition.DEFAULT);
        FakeCandidates alone = FakeCandidates.of(1);
        for (int id = 1; id < 4; id++) {
            assertThat(RoutingPoliciesTest.choose(
                            router, alone, FakeRequest.of(id).adapter("a")))
                    .hasToString("[0]");
        }
    }

    @Test
    void sessionDoesNotBindARequestForAModelWhoeverWeighsIt() {
        RequestRouter router = composed("marginal-cost", ALL);
        candidates.at(3).models = Set.of("a");
        router.routed(candidates.id(2), FakeRequest.of(1).session("s"));
        FakeRequest request = FakeRequest.of(2).session("s");
        assertThat(choose(router, request)).hasToString("[2]");
        assertThat(choose(router, request.adapter("a")).get(0, 0)).isEqualTo(3);
    }

    @Test
    void costAmongAllIsKnownForAModelThatIsWeighed() {
        FakeRequest request = FakeRequest.of(1).adapter("a");
        candidates.at(3).models = Set.of("a");
        assertThat(composed("lpwl", Composition.DEFAULT).costOf(candidates, request, 0))
                .isNaN();
        RequestRouter router = composed("marginal-cost", Composition.DEFAULT);
        assertThat(router.costOf(candidates, request, 3)).isLessThan(router.costOf(candidates, request, 0));
    }

    @Test
    void ranksOfThePartsAreInTheOrderOfPreference() {
        candidates.at(1).models = Set.of("a");
        candidates.at(2).models = Set.of("x");
        candidates.at(3).models = Set.of("x", "y");
        Ranks ranks = new Ranks();
        ranks.reset(4);
        setup.models().rank(candidates, FakeRequest.of(1).adapter("a"), ranks);
        assertThat(ranks).hasToString("[1] [0] [2, 3]");

        RouterPart sessions = setup.sessions();
        sessions.routed(candidates.id(3), FakeRequest.of(1).session("s"));
        ranks.reset(4);
        sessions.rank(candidates, FakeRequest.of(1).session("s"), ranks);
        assertThat(ranks).hasToString("[3] [0, 1, 2]");
    }

    @Test
    void oldestFirstIsRefusedWherePromptsOrSessionsDecide() {
        Composition fifo = new Composition(true, false, false, true);
        for (String name : new String[] {"consistent-hash", "marginal-cost", "gie", "prefix-affinity"}) {
            assertThatThrownBy(() -> composed(name, fifo))
                    .hasMessageStartingWith("compose.fifo: true (expected: false");
        }
        assertThat(composed("p2c", fifo).contentAware()).isFalse();
    }

    @Test
    void narrowedCandidatesTellAllThatTheOthersTell() {
        Set<String> own = Set.of("indexOf", "anyAvailable");
        assertThat(Arrays.stream(Candidates.class.getDeclaredMethods())
                        .map(Method::getName)
                        .filter(name -> !own.contains(name) && !name.startsWith("lambda")))
                .isSubsetOf(Arrays.stream(NarrowedCandidates.class.getDeclaredMethods())
                        .map(Method::getName)
                        .toList());
    }

    private ComposedRouter composed(String name, Composition composition) {
        ComposedRouter router = new ComposedRouter(RoutingPolicies.builtIn().create(name), composition);
        router.start(setup);
        router.endpointsChanged(candidates);
        return router;
    }

    private Ranks choose(RequestRouter router, PendingRequest request) {
        return RoutingPoliciesTest.choose(router, candidates, request);
    }
}
