package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws that every policy keeps. */
class RoutingPoliciesTest {
    private static final Map<String, Map<String, ?>> NEEDED =
            Map.of("weighted", Map.of("scorers", "queue:1+prefix:2", "picker", "weighted-random"));

    static Set<String> names() {
        return RoutingPolicies.builtIn().names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void sameSeedMakesTheSameChoices(String name) {
        Seeds.each(10, seed -> assertThat(history(name, seed)).isEqualTo(history(name, seed)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void someoneIsChosenWheneverThereIsAnyone(String name) {
        Seeds.each(200, seed -> {
            FakeCandidates candidates = FakeCandidates.random(new SplittableRandom(seed), 500);
            Ranks ranks =
                    choose(started(name, seed), candidates, FakeRequest.of(seed).tokens(500));
            assertThat(ranks.count()).isPositive();
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void fullEndpointIsFirstOnlyIfAllAreFull(String name) {
        if (name.equals("consistent-hash")) {
            return; // walks its ring, full or not
        }
        Seeds.each(200, seed -> {
            FakeCandidates candidates = FakeCandidates.random(new SplittableRandom(seed), 500);
            Ranks ranks =
                    choose(started(name, seed), candidates, FakeRequest.of(seed).tokens(500));
            for (int k = 0; k < ranks.size(0); k++) {
                assertThat(candidates.available(ranks.get(0, k))).isEqualTo(candidates.anyAvailable());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void nobodyIsChosenFromNobody(String name) {
        Ranks ranks = choose(started(name, 1), FakeCandidates.of(0), FakeRequest.of(1));
        assertThat(ranks.count()).isZero();
    }

    @ParameterizedTest
    @MethodSource("names")
    void removedEndpointIsForgotten(String name) {
        FakeCandidates candidates = FakeCandidates.of(5);
        RequestRouter router = started(name, 1);
        router.endpointsChanged(candidates);
        for (int i = 0; i < 50; i++) {
            serve(router, candidates, FakeRequest.of(i).tokens(100).session("s" + i % 7));
        }
        candidates.remove("r2");
        router.died(new EndpointId("r2"));
        router.endpointsChanged(candidates);
        for (int i = 50; i < 100; i++) {
            EndpointId chosen =
                    serve(router, candidates, FakeRequest.of(i).tokens(100).session("s" + i % 7));
            assertThat(chosen.value()).isNotEqualTo("r2");
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void endpointsKeepComingAndGoing(String name) {
        Seeds.each(5, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            FakeCandidates candidates = FakeCandidates.of(1);
            RequestRouter router = started(name, seed);
            router.endpointsChanged(candidates);
            for (int i = 0; i < 200; i++) {
                if (random.nextInt(4) == 0) {
                    if (candidates.size() > 1 && random.nextBoolean()) {
                        candidates.remove(
                                candidates.id(random.nextInt(candidates.size())).value());
                    } else {
                        candidates.add("e" + i);
                    }
                    router.endpointsChanged(candidates);
                }
                serve(router, candidates, FakeRequest.of(i).tokens(random.nextInt(300)));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void explanationHasNumbersForEveryCandidate(String name) {
        FakeCandidates candidates = FakeCandidates.of(4);
        RequestRouter router = started(name, 1);
        router.endpointsChanged(candidates);
        for (int i = 0; i < 4; i++) {
            List<String> terms = new ArrayList<>();
            router.explain(candidates, FakeRequest.of(1).tokens(100), i, (term, value) -> {
                assertThat(value).isNotNaN();
                terms.add(term);
            });
            assertThat(terms).doesNotHaveDuplicates();
            if (!name.equals("round-robin")) {
                assertThat(terms).isNotEmpty();
            }
        }
    }

    @Test
    void unknownNameIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> RoutingPolicies.builtIn().create("least-requests"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("policy: least-requests is unknown; did you mean least-request?");
    }

    @Test
    void unknownOrImpossibleParameterIsRefusedInOneSentence() {
        assertThatThrownBy(() -> FakeSetup.started("marginal-cost", 1, Map.of("lamda", 1)))
                .hasMessageStartingWith("lamda: unknown parameter (expected: lambda, wait, ");
        assertThatThrownBy(() -> FakeSetup.started("marginal-cost", 1, Map.of("lambda", -1)))
                .hasMessage("lambda: -1 (expected: 0 to 1000)");
        assertThatThrownBy(() -> FakeSetup.started("marginal-cost", 1, Map.of("lambda", "much")))
                .hasMessage("lambda: much (expected: a number)");
        assertThatThrownBy(() -> FakeSetup.started("marginal-cost", 1, Map.of("lambda", Double.NaN)))
                .hasMessage("lambda: NaN (expected: 0 to 1000)");
        assertThatThrownBy(() -> FakeSetup.started("consistent-hash", 1, Map.of("virtualNodes", 0)))
                .hasMessage("virtualNodes: 0 (expected: a whole number from 1 to 10000)");
        assertThatThrownBy(() -> FakeSetup.started("consistent-hash", 1, Map.of("fallbacks", -1)))
                .hasMessage("fallbacks: -1 (expected: a whole number from 0 to 1000)");
        assertThatThrownBy(() -> FakeSetup.started("random", 1, Map.of("seed", 1)))
                .hasMessage("seed: unknown parameter (expected: none)");
        assertThatThrownBy(() -> FakeSetup.started("peak-ewma", 1, Map.of("signal", "last")))
                .hasMessage("signal: last (expected: first-token or total)");
    }

    @Test
    void scorersAreGivenAsObjectsOrAsText() {
        assertThatCode(() -> FakeSetup.started(
                        "weighted",
                        1,
                        Map.of(
                                "filters",
                                List.of(Map.of("name", "llm-d-affinity", "threshold", 0.5)),
                                "scorers",
                                List.of(Map.of("name", "queue-scorer", "weight", 2), "kv"))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> FakeSetup.started("weighted", 1, Map.of("scorers", List.of("queu"))))
                .hasMessageStartingWith("scorer: queu is unknown; did you mean queue?");
        assertThatThrownBy(() -> FakeSetup.started("weighted", 1, Map.of("scorers", "queue:-1")))
                .hasMessage("scorer queue: weight: -1 (expected: 0 to 1000000)");
        assertThatThrownBy(() -> FakeSetup.started("weighted", 1, Map.of()))
                .hasMessage("scorers: none (expected: at least one, or picker: random)");
    }

    @Test
    void everyParameterIsListedWithWhatItMayBe() {
        assertThat(RoutingPolicies.builtIn()
                        .parameters("consistent-hash")
                        .known()
                        .values())
                .extracting(Object::toString)
                .containsExactly(
                        "virtualNodes = 100 (a whole number from 1 to 10000)",
                        "fallbacks = 2 (a whole number from 0 to 1000)",
                        "c = 1.25 (1 to infinity)");
    }

    private static List<String> history(String name, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RequestRouter router = started(name, seed);
        List<String> choices = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            FakeCandidates candidates = FakeCandidates.random(random, 500);
            router.endpointsChanged(candidates);
            FakeRequest request = FakeRequest.of(i).tokens(500).session("s" + i % 3);
            choices.add(choose(router, candidates, request).toString());
            serve(router, candidates, request);
        }
        return choices;
    }

    private static EndpointId serve(RequestRouter router, FakeCandidates candidates, FakeRequest request) {
        EndpointId chosen = candidates.id(choose(router, candidates, request).get(0, 0));
        router.sent(chosen, request);
        router.routed(chosen, request);
        router.firstToken(chosen, request);
        router.completed(chosen, request, Outcome.COMPLETED);
        return chosen;
    }

    static Ranks choose(RequestRouter router, Candidates candidates, PendingRequest request) {
        Ranks ranks = new Ranks();
        ranks.reset(candidates.size());
        router.choose(candidates, request, ranks);
        return ranks;
    }

    private static RequestRouter started(String name, long seed) {
        return FakeSetup.started(name, seed, NEEDED.getOrDefault(name, Map.of()));
    }
}
