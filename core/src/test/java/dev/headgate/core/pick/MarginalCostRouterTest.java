package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.signal.EngineModel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MarginalCostRouterTest {
    private static final double S = 22.2e-6;
    private static final double A = 1.31e-9;

    private final FakeCandidates candidates = FakeCandidates.of(2);
    private final FakeRequest request = FakeRequest.of(1).tokens(4000);

    @Test
    void costIsTheSumOfItsTermsInSeconds() {
        candidates.at(0).pendingTokens = 1000;
        candidates.at(0).inFlight = 5;
        candidates.at(0).cachedTokens = 3000;
        candidates.at(0).residentTokens = 90_000;
        candidates.at(0).capacity = 100_000;
        candidates.at(0).newTokens = 50_000;
        candidates.at(1).cachedTokens = 3500;
        candidates.reuse = 0.75;

        Map<String, Double> terms = terms(Map.of(), 0);

        double prefill = S * 1000 + A * 1000 * (3000 + 500);
        double price = 0.4 * 2 * EngineModel.PRIOR.tpotSeconds(6, 94_000) / 0.05;
        assertThat(terms.get("wait")).isCloseTo(1.5 * S * 1000, within(1e-12));
        assertThat(terms.get("prefill")).isCloseTo(prefill, within(1e-12));
        assertThat(terms.get("delay")).isCloseTo(price * prefill * 5, within(1e-12));
        assertThat(terms.get("overflow")).isCloseTo(20 * (0.94 - 0.85), within(1e-9));
        double elsewhere = S * 500 + A * 500 * (3500 + 250);
        assertThat(terms.get("evict")).isCloseTo(0.75 / 0.25 * (prefill - elsewhere), within(1e-12));
        assertThat(terms.get("displace")).isCloseTo(8 * 0.75 / 0.25 * prefill * 0.5, within(1e-12));
        assertThat(terms)
                .containsEntry("breach", 0.0)
                .containsEntry("load", 0.0)
                .containsEntry("late", 0.0);
        assertThat(terms).containsEntry("decode", 0.0);
        double sum = terms.entrySet().stream()
                .filter(term -> !Set.of("hit", "total").contains(term.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        assertThat(terms.get("total")).isCloseTo(sum, within(1e-12)).isPositive();
    }

    @Test
    void equalHitsAndWorkMakeItLeastInFlight() {
        candidates.at(0).inFlight = 3;
        candidates.at(1).inFlight = 2;
        assertThat(first(Map.of(), request)).isEqualTo(1);
        assertThat(first(Map.of("lambda", 0), request)).isEqualTo(1);
        assertThat(first(Map.of(), FakeRequest.of(2))).isEqualTo(1);
    }

    @Test
    void wholePromptIsNeverCached() {
        candidates.at(0).cachedTokens = 5000;
        assertThat(terms(Map.of(), 0)).containsEntry("hit", 3999.0);
    }

    @Test
    void fastEndpointTakesMoreThanASlowOne() {
        candidates.at(0).engine = slower(3);
        candidates.at(1).pendingTokens = 4000;
        assertThat(first(Map.of(), request)).isEqualTo(1);
        candidates.at(1).pendingTokens = 20_000;
        assertThat(first(Map.of(), request)).isEqualTo(0);
    }

    @Test
    void adapterThatMustBeLoadedCostsItsLoad() {
        candidates.at(0).models = Set.of("a");
        candidates.at(0).pendingTokens = 20_000;
        FakeRequest adapted = FakeRequest.of(1).tokens(100).adapter("a");
        assertThat(first(Map.of(), adapted)).isEqualTo(0);
        assertThat(first(Map.of("load", 0.3), adapted)).isEqualTo(1);
        assertThat(load(Map.of("load", 3), adapted, 0)).isZero();
    }

    @Test
    void loadThatHasBegunIsHalfDone() {
        FakeRequest adapted = FakeRequest.of(1).adapter("a");
        candidates.at(0).inFlightByModel.put("a", 1);
        assertThat(load(Map.of("load", 3), adapted, 0)).isEqualTo(1.5);
        assertThat(load(Map.of("load", 3), adapted, 1)).isEqualTo(3);
    }

    @Test
    void loadWaitsForTheSlotThatIsFreeSoonest() {
        FakeRequest adapted = FakeRequest.of(1).adapter("a");
        candidates.at(0).models = Set.of("b", "c");
        candidates.at(1).models = Set.of("d", "e");
        candidates.at(1).inFlightByModel.put("d", 1);
        candidates.at(1).inFlightByModel.put("e", 2);
        Map<String, Object> parameters = Map.of("load", 3, "drain", 10);
        assertThat(load(parameters, adapted, 0)).as("a slot that nobody uses").isEqualTo(3);
        assertThat(load(parameters, adapted, 1)).isCloseTo(3 + 10 * Math.expm1(1), within(1e-9));

        candidates.at(1).inFlightByModel.put("f", 4);
        assertThat(load(parameters, adapted, 1))
                .as("behind one that waits")
                .isCloseTo(3 + 10 * (2 * Math.expm1(1) + 1), within(1e-9));

        candidates.at(0).models = Set.of("b", "c", "g");
        candidates.at(1).inFlightByModel.remove("f");
        assertThat(load(parameters, adapted, 1)).as("a slot that is empty").isEqualTo(3);
    }

    @Test
    void slotThatIsAlwaysInUseCostsNoMoreThanThirtyDrains() {
        candidates.at(0).models = Set.of("b");
        candidates.at(0).inFlightByModel.put("b", 1000);
        assertThat(load(Map.of("load", 3, "drain", 10), FakeRequest.of(1).adapter("a"), 0))
                .isEqualTo(303);
    }

    @Test
    void newPromptGoesWhereCachesAreTurnedOverLess() {
        candidates.at(0).capacity = 400_000;
        candidates.at(1).capacity = 400_000;
        candidates.at(0).newTokens = 300_000;
        candidates.at(1).inFlight = 2;
        assertThat(first(Map.of(), request)).as("nothing comes back").isEqualTo(0);
        candidates.reuse = 0.8;
        assertThat(first(Map.of(), request)).isEqualTo(1);
        assertThat(first(Map.of("displace", 0), request)).isEqualTo(0);
    }

    @Test
    void cachesAreKeptForTenFurtherRequestsAtMost() {
        candidates.at(1).cachedTokens = 3500;
        candidates.reuse = 1;
        double evict = terms(Map.of(), 0).getOrDefault("evict", 0.0);
        candidates.reuse = 10.0 / 11;
        assertThat(evict).isPositive().isCloseTo(terms(Map.of(), 0).get("evict"), within(1e-9));
    }

    @Test
    void lambdaFollowsTheTargetPerToken() {
        candidates.at(0).engine = slower(2);
        MarginalCostRouter router = started(Map.of("adapt", 1, "tpotTarget", 0.02));
        router.costOf(candidates, request, 0);
        double mean = 1.5 * EngineModel.PRIOR.tpotSeconds(10, 0);
        assertThat(router.price(10, 0)).isCloseTo(0.4 * mean / 0.01, within(1e-12));
        assertThat(router.price(100, 400_000)).isGreaterThan(router.price(100, 10_000));
        assertThat(started(Map.of("adapt", 0)).price(100, 400_000)).isEqualTo(0.4);
    }

    @Test
    void requestThatMustBreachItsTargetGoesWhereAllDo() {
        candidates.at(0).inFlight = 160;
        candidates.at(0).residentTokens = 800_000;
        candidates.at(1).inFlight = 100;
        candidates.at(1).residentTokens = 520_000;
        assertThat(EngineModel.PRIOR.tpotSeconds(100, 520_000)).isBetween(0.045, 0.05);
        assertThat(first(Map.of(), FakeRequest.of(1).tokens(4000))).isEqualTo(0);
        assertThat(first(Map.of("breach", 0), FakeRequest.of(1).tokens(4000))).isEqualTo(1);
    }

    @Test
    void requestThatCanKeepItsTargetGoesWhereItDoes() {
        candidates.at(0).inFlight = 160;
        candidates.at(0).residentTokens = 800_000;
        candidates.at(1).inFlight = 60;
        candidates.at(1).residentTokens = 300_000;
        candidates.at(0).cachedTokens = 3500;
        candidates.at(1).cachedTokens = 3500;
        assertThat(first(Map.of(), FakeRequest.of(1).tokens(4000))).isEqualTo(1);
    }

    @Test
    void delayOfWhatIsLateCountsOncePromptsWaitForIt() {
        MarginalCostRouter router = started(Map.of());
        router.costOf(candidates, request, 0);
        double all = router.price(161, 800_000) * 0.1 * 160;
        assertThat(router.delay(EngineModel.PRIOR, 161, 800_000, 0.1, 0)).isCloseTo(all * 0.04, within(1e-9));
        assertThat(router.delay(EngineModel.PRIOR, 161, 800_000, 0.1, 0.4)).isCloseTo(all, within(1e-9));
    }

    @Test
    void cacheIsNeverMoreThanFull() {
        MarginalCostRouter router = started(Map.of());
        assertThat(router.overflow(95_000, 100_000)).isCloseTo(20 * 0.1, within(1e-9));
        assertThat(router.overflow(300_000, 100_000)).isCloseTo(20 * 0.15, within(1e-9));
        assertThat(router.overflow(300_000, 0)).isZero();
    }

    @Test
    void secondsBeyondTheTargetCostTheirPrice() {
        MarginalCostRouter router = started(Map.of("late", 2, "ttftTarget", 1));
        double fixed = EngineModel.PRIOR.fixedSeconds();
        assertThat(router.late(EngineModel.PRIOR, 1.5)).isCloseTo(2 * (0.5 + fixed), within(1e-12));
        assertThat(router.late(EngineModel.PRIOR, 0.5)).isZero();
    }

    @Test
    void ownOutputTellsFastFromSlow() {
        MarginalCostRouter router = started(Map.of("decode", 100));
        assertThat(router.decode(slower(3), 1, 0)).isCloseTo(3 * router.decode(EngineModel.PRIOR, 1, 0), within(1e-9));
    }

    @Test
    void whatAnotherHoldsIsNotHeldTwiceForALittleWait() {
        candidates.at(0).cachedTokens = 3000;
        candidates.at(0).pendingTokens = 4000;
        candidates.reuse = 0.7;
        assertThat(first(Map.of("evict", 0), request)).isEqualTo(1);
        assertThat(first(Map.of(), request)).isEqualTo(0);
    }

    @Test
    void longPromptAvoidsAQueueThatMakesItLate() {
        FakeRequest longer = FakeRequest.of(1).tokens(30_000);
        candidates.at(0).inFlight = 1;
        candidates.at(0).pendingTokens = 30_000;
        candidates.at(1).inFlight = 8;
        assertThat(first(Map.of("late", 0), longer)).isEqualTo(0);
        assertThat(first(Map.of(), longer)).isEqualTo(1);
    }

    @Test
    void exploringSendsItsShareAnywhereThatIsLittleWorse() {
        candidates.at(0).pendingTokens = 2000;
        assertThat(sentToTheFirst(Map.of("explore", 0.1))).isBetween(400, 600);
    }

    @Test
    void exploringDoesNotGoWhereMuchIsLost() {
        candidates.at(0).pendingTokens = 1_000_000;
        assertThat(sentToTheFirst(Map.of("explore", 0.1))).isZero();
        assertThat(sentToTheFirst(Map.of("explore", 0.1, "exploreLoss", 3600))).isBetween(400, 600);
    }

    @Test
    void sixteenEqualRequestsAtOnceAreSpreadOverSixteenIdleEndpoints() {
        FakeCandidates idle = FakeCandidates.of(16);
        MarginalCostRouter router = started(Map.of("explore", 0));
        for (int i = 0; i < 16; i++) {
            FakeCandidates.Fake chosen =
                    idle.at(RoutingPoliciesTest.choose(router, idle, request).get(0, 0));
            chosen.inFlight++;
            chosen.pendingTokens += 4000;
        }
        for (int i = 0; i < 16; i++) {
            assertThat(idle.inFlight(i)).isEqualTo(1);
        }
    }

    private int sentToTheFirst(Map<String, ?> parameters) {
        MarginalCostRouter router = started(parameters);
        int sent = 0;
        for (int i = 0; i < 10_000; i++) {
            sent += RoutingPoliciesTest.choose(router, candidates, request).get(0, 0) == 0 ? 1 : 0;
        }
        return sent;
    }

    private Map<String, Double> terms(Map<String, ?> parameters, int index) {
        Map<String, Double> terms = new LinkedHashMap<>();
        started(parameters).explain(candidates, request, index, terms::put);
        return terms;
    }

    private double load(Map<String, ?> parameters, FakeRequest asked, int index) {
        Map<String, Double> terms = new LinkedHashMap<>();
        started(parameters).explain(candidates, asked, index, terms::put);
        return terms.getOrDefault("load", Double.NaN);
    }

    private int first(Map<String, ?> parameters, FakeRequest asked) {
        Map<String, Object> all = new HashMap<>(parameters);
        all.put("explore", 0);
        return RoutingPoliciesTest.choose(started(all), candidates, asked).get(0, 0);
    }

    private static MarginalCostRouter started(Map<String, ?> parameters) {
        MarginalCostRouter router = new MarginalCostRouter();
        router.start(FakeSetup.of(1, parameters));
        return router;
    }

    private static EngineModel slower(double times) {
        EngineModel prior = EngineModel.PRIOR;
        return new EngineModel(
                times * prior.fixedSeconds(),
                times * prior.tokenSeconds(),
                times * prior.pairSeconds(),
                times * prior.stepSeconds(),
                times * prior.requestSeconds(),
                times * prior.residentSeconds(),
                20);
    }
}
