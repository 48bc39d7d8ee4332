package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.request.Outcome;
import dev.headgate.core.signal.LoadReport;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rule of each policy, on endpoints that tell it from its neighbours. */
class PolicyRulesTest {
    @Test
    void tiesAreBrokenUniformly() {
        RequestRouter router = FakeSetup.started("least-request", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(5);
        candidates.at(3).inFlight = 1;
        int[] wins = new int[5];
        for (int i = 0; i < 8000; i++) {
            wins[first(router, candidates, FakeRequest.of(i))]++;
        }
        assertThat(wins[3]).isZero();
        assertThat(Arrays.stream(wins).filter(count -> count > 0)).allMatch(count -> Math.abs(count - 2000) < 200);
    }

    @Test
    void leastRequestCountsByWeightAndByTheLongerOfBothQueues() {
        RequestRouter router = FakeSetup.started("least-request", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(3);
        candidates.at(0).queueLength = 6;
        candidates.at(1).inFlight = 4;
        candidates.at(2).inFlight = 8;
        candidates.at(2).weight = 2;
        assertThat(RoutingPoliciesTest.choose(router, candidates, FakeRequest.of(1)))
                .hasToString("[2] [1] [0]");
    }

    @Test
    void roundRobinTakesTurnsByNameAndSkipsFullOnes() {
        RequestRouter router = FakeSetup.started("round-robin", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(4);
        candidates.at(2).maxOngoing = 1;
        candidates.at(2).inFlight = 1;
        router.endpointsChanged(candidates);
        int start = first(router, candidates, FakeRequest.of(0));
        List<Integer> turns = List.of(0, 1, 3, 0, 1, 3);
        for (int i = 1; i < 4; i++) {
            assertThat(first(router, candidates, FakeRequest.of(i))).isEqualTo(turns.get(turns.indexOf(start) + i));
        }
    }

    @Test
    void roundRobinGoesOnBehindTheLastChosenWhenOthersComeAndGo() {
        RequestRouter router = FakeSetup.started("round-robin", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(5);
        router.endpointsChanged(candidates);
        while (first(router, candidates, FakeRequest.of(0)) != 2) {}
        candidates.remove("r0");
        candidates.remove("r2");
        candidates.add("r25");
        router.endpointsChanged(candidates);
        assertThat(candidates.id(first(router, candidates, FakeRequest.of(0)))).hasToString("r25");
    }

    @Test
    void roundRobinStaysWhereItIsWhileAllAreFull() {
        RequestRouter router = FakeSetup.started("round-robin", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(3);
        router.endpointsChanged(candidates);
        for (int i = 0; i < 3; i++) {
            candidates.at(i).maxOngoing = 1;
            candidates.at(i).inFlight = 1;
        }
        int before = first(router, candidates, FakeRequest.of(0));
        assertThat(first(router, candidates, FakeRequest.of(1))).isEqualTo(before);
    }

    @Test
    void twoChoicesAreDistinctAndInOneRank() {
        RequestRouter router = FakeSetup.started("p2c", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(3);
        for (int i = 0; i < 200; i++) {
            Ranks ranks = RoutingPoliciesTest.choose(router, candidates, FakeRequest.of(i));
            assertThat(ranks.count()).isEqualTo(1);
            assertThat(ranks.size(0)).isEqualTo(2);
        }
        assertThat(RoutingPoliciesTest.choose(router, FakeCandidates.of(1), FakeRequest.of(1)))
                .hasToString("[0]");
    }

    @Test
    void peakEwmaJumpsUpAtOnceAndForgetsSlowly() {
        FakeSetup setup = FakeSetup.of(1, Map.of());
        RequestRouter router = RoutingPolicies.builtIn().create("peak-ewma");
        router.start(setup);
        FakeCandidates candidates = FakeCandidates.of(2);
        serve(router, setup, candidates, 0, Duration.ofMillis(100));
        serve(router, setup, candidates, 1, Duration.ofMillis(300));
        assertThat(first(router, candidates, FakeRequest.of(9))).isEqualTo(0);

        candidates.at(0).inFlight = 3;
        assertThat(first(router, candidates, FakeRequest.of(9))).isEqualTo(1);

        candidates.at(0).inFlight = 0;
        serve(router, setup, candidates, 0, Duration.ofSeconds(2));
        assertThat(first(router, candidates, FakeRequest.of(9))).isEqualTo(1);

        setup.clock().advance(Duration.ofSeconds(10));
        Map<String, Double> terms = new HashMap<>();
        router.explain(candidates, FakeRequest.of(9), 0, terms::put);
        assertThat(terms.get("cost")).isCloseTo(2e9 / Math.E, within(1e6));
    }

    @Test
    void scoresAreExplainedWithTheirWeightedSum() {
        RequestRouter router = FakeSetup.started("gie", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(2);
        candidates.at(0).inFlight = 1;
        router.endpointsChanged(candidates);
        Map<String, Double> terms = new HashMap<>();
        router.explain(candidates, FakeRequest.of(1).tokens(100), 1, terms::put);
        double sum = terms.entrySet().stream()
                .filter(term -> term.getKey().endsWith(".weight"))
                .mapToDouble(term ->
                        term.getValue() * terms.getOrDefault(term.getKey().replace(".weight", ""), Double.NaN))
                .sum();
        assertThat(terms.get("total")).isCloseTo(sum, within(1e-12)).isPositive();
    }

    @Test
    void peakEwmaTriesAnIdleUnknownAndAvoidsABusyOne() {
        RequestRouter router = FakeSetup.started("peak-ewma", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(2);
        candidates.at(0).inFlight = 1;
        assertThat(first(router, candidates, FakeRequest.of(1))).isEqualTo(1);
    }

    @Test
    void hashKeepsASessionAndMovesFewWhenAnEndpointGoes() {
        RequestRouter router = FakeSetup.started("consistent-hash", 1, Map.of("c", "off"));
        FakeCandidates candidates = FakeCandidates.of(10);
        router.endpointsChanged(candidates);
        String[] before = new String[2000];
        for (int i = 0; i < before.length; i++) {
            FakeRequest request = FakeRequest.of(i).session("s" + i);
            before[i] = candidates.id(first(router, candidates, request)).value();
            assertThat(RoutingPoliciesTest.choose(router, candidates, request).count())
                    .isEqualTo(3);
        }
        assertThat(Arrays.stream(before).filter("r3"::equals).count()).isBetween(120L, 290L);
        candidates.remove("r3");
        router.endpointsChanged(candidates);
        for (int i = 0; i < before.length; i++) {
            FakeRequest request = FakeRequest.of(i).session("s" + i);
            String after = candidates.id(first(router, candidates, request)).value();
            assertThat(after.equals(before[i])).isEqualTo(!before[i].equals("r3"));
        }
    }

    @Test
    void boundedHashPassesOverAnEndpointWithMoreThanItsShare() {
        RequestRouter router = FakeSetup.started("consistent-hash", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(4);
        FakeRequest request = FakeRequest.of(1).session("s");
        int home = first(router, candidates, request);
        candidates.at(home).inFlight = 4;
        assertThat(first(router, candidates, request)).isNotEqualTo(home);
        for (int i = 0; i < 4; i++) {
            candidates.at(i).inFlight = 4;
        }
        assertThat(first(router, candidates, request)).isEqualTo(home);
    }

    @Test
    void murmurHashesAsPublished() {
        assertThat(Murmur3.hash("", 0)).isZero();
        assertThat(Murmur3.hash("hello", 0)).isEqualTo(0xcbd8a7b341bd9b02L);
        assertThat(Murmur3.hash("The quick brown fox jumps over the lazy dog", 0))
                .isEqualTo(0xe34bbc7bbc071b6cL);
    }

    @Test
    void prefixAffinityFollowsTheMatchUntilQueuesDiffer() {
        RequestRouter router = FakeSetup.started("prefix-affinity", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(3);
        candidates.at(1).cachedTokens = 300;
        candidates.at(2).cachedTokens = 300;
        candidates.at(2).inFlight = 5;
        FakeRequest request = FakeRequest.of(1).tokens(1000);
        assertThat(first(router, candidates, request)).isEqualTo(1);

        candidates.at(1).cachedTokens = 90;
        candidates.at(2).cachedTokens = 0;
        candidates.at(0).indexedBlocks = 5;
        candidates.at(1).indexedBlocks = 4;
        candidates.at(2).indexedBlocks = 3;
        assertThat(first(router, candidates, request)).isEqualTo(2);

        candidates.at(1).inFlight = 11;
        assertThat(RoutingPoliciesTest.choose(router, candidates, request).size(0))
                .isEqualTo(2);
    }

    @Test
    void cacheAwareNeedsMoreThanHalfAndABalancedLoad() {
        RequestRouter router = FakeSetup.started("sglang-cache-aware", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(3);
        candidates.at(0).inFlight = 1;
        candidates.at(0).cachedTokens = 501;
        candidates.at(1).inFlight = 1;
        FakeRequest request = FakeRequest.of(1).tokens(1000);
        assertThat(first(router, candidates, request)).isEqualTo(0);
        candidates.at(0).cachedTokens = 500;
        assertThat(first(router, candidates, request)).isEqualTo(2);
        candidates.at(0).cachedTokens = 900;
        candidates.at(0).inFlight = 33;
        assertThat(first(router, candidates, request)).isEqualTo(2);
    }

    @Test
    void gieWeighsQueueCacheAndPrefix() {
        RequestRouter router = FakeSetup.started("gie", 1, Map.of());
        FakeCandidates candidates = FakeCandidates.of(2);
        candidates.at(0).report = new LoadReport(10, 0, 0.5, 0);
        candidates.at(1).report = new LoadReport(0, 0, 0.5, 0);
        candidates.at(0).cachedTokens = 800;
        FakeRequest request = FakeRequest.of(1).tokens(1000);
        assertThat(first(router, candidates, request)).isEqualTo(0); // 0 + 1 + 2.4 against 2 + 1 + 0
        candidates.at(0).report = new LoadReport(10, 0, 0.8, 0);
        assertThat(first(router, candidates, request)).isEqualTo(1); // 0 + 0.4 + 2.4
    }

    @Test
    void oldReportNeitherWinsNorCounts() {
        RequestRouter router = FakeSetup.started("weighted", 1, Map.of("scorers", "queue"));
        FakeCandidates candidates = FakeCandidates.of(2);
        candidates.at(0).report = new LoadReport(0, 0, 0, 3_000_000_000L);
        candidates.at(0).inFlight = 9;
        candidates.at(1).report = new LoadReport(3, 0, 0, 0);
        assertThat(first(router, candidates, FakeRequest.of(1))).isEqualTo(1);
    }

    @Test
    void affinityFilterKeepsHoldersUnlessTheyAreFarBehind() {
        RequestRouter router =
                FakeSetup.started("weighted", 1, Map.of("filters", "llm-d-affinity", "scorers", "active-request"));
        FakeCandidates candidates = FakeCandidates.of(2);
        candidates.at(0).cachedTokens = 900;
        candidates.at(0).inFlight = 7;
        FakeRequest request = FakeRequest.of(1).tokens(1000);
        assertThat(first(router, candidates, request)).isEqualTo(0);
        candidates.at(0).pendingTokens = 18 * 15_928 + 1;
        assertThat(first(router, candidates, request)).isEqualTo(1);
    }

    @Test
    void coldPromptsGoToWhoHadOneLongestAgo() {
        RequestRouter router = FakeSetup.started("weighted", 1, Map.of("scorers", "no-hit-lru"));
        FakeCandidates candidates = FakeCandidates.of(3);
        StringBuilder chosen = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            FakeRequest request = FakeRequest.of(i).tokens(100);
            int first = first(router, candidates, request);
            router.routed(candidates.id(first), request);
            chosen.append(first);
        }
        assertThat(chosen).hasToString("012012012");
    }

    @Test
    void loraScorerPrefersTheHolderThenRoom() {
        RequestRouter router = FakeSetup.started("weighted", 1, Map.of("scorers", "lora"));
        FakeCandidates candidates = FakeCandidates.of(3);
        candidates.at(0).labels = Map.of("max-adapters", "1");
        candidates.at(0).models = Set.of("other");
        candidates.at(2).models = Set.of("a");
        assertThat(RoutingPoliciesTest.choose(
                        router, candidates, FakeRequest.of(1).adapter("a")))
                .hasToString("[2] [1] [0]");
    }

    @Test
    void leastWorkCountsTokensAndLMetricTimesRequests() {
        FakeCandidates candidates = FakeCandidates.of(2);
        candidates.at(0).pendingTokens = 400;
        candidates.at(1).pendingTokens = 300;
        candidates.at(1).inFlight = 1;
        FakeRequest request = FakeRequest.of(1).tokens(1000);
        assertThat(first(FakeSetup.started("lpwl", 1, Map.of()), candidates, request))
                .isEqualTo(1);
        assertThat(first(FakeSetup.started("lmetric", 1, Map.of()), candidates, request))
                .isEqualTo(0);
        candidates.at(1).cachedTokens = 900;
        assertThat(first(FakeSetup.started("lmetric", 1, Map.of()), candidates, request))
                .isEqualTo(1);
    }

    private static void serve(
            RequestRouter router, FakeSetup setup, FakeCandidates candidates, int index, Duration wait) {
        FakeRequest request = FakeRequest.of(index);
        router.sent(candidates.id(index), request);
        setup.clock().advance(wait);
        router.firstToken(candidates.id(index), request);
        router.completed(candidates.id(index), request, Outcome.COMPLETED);
    }

    private static int first(RequestRouter router, Candidates candidates, PendingRequest request) {
        return RoutingPoliciesTest.choose(router, candidates, request).get(0, 0);
    }
}
