package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.error;
import static dev.headgate.core.failover.FailoverFixture.limited;
import static dev.headgate.core.failover.FailoverFixture.refused;
import static dev.headgate.core.failover.FailoverFixture.returned;
import static dev.headgate.core.failover.FailoverFixture.returnedBy;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.target;
import static dev.headgate.core.failover.FailoverFixture.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.headgate.core.failover.BackendStatus.State;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.Usage;
import dev.headgate.core.time.Deadline;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SelectionTest {
    @Test
    void equalsAreAsLikelyAndLowerTiersGetNothing() {
        FailoverFixture fixture =
                FailoverFixture.of(backend("a", 1), backend("b", 1), backend("c", 1), backend("d", 2));

        Map<String, Integer> picks = picks(fixture, 10_000);

        assertThat(picks).containsOnlyKeys("a", "b", "c");
        picks.values().forEach(count -> assertThat(count).isCloseTo(3333, withPercentage(5)));
    }

    @Test
    void weightsAreSharesOfTheTier() {
        FailoverFixture fixture = FailoverFixture.of(
                with(FailoverSettings.Selection.WEIGHTED), weighted("a", 1), weighted("b", 3), weighted("c", 0));

        Map<String, Integer> picks = picks(fixture, 10_000);

        assertThat(picks).containsOnlyKeys("a", "b");
        assertThat(picks.get("a")).isCloseTo(2500, withPercentage(5));
    }

    @Test
    void lessLoadedOfTwoIsPicked() {
        FailoverFixture fixture =
                FailoverFixture.of(with(FailoverSettings.Selection.LEAST_LOADED), backend("a"), backend("b"));
        String busy = target(fixture.open().begin());

        for (int i = 0; i < 20; i++) {
            assertThat(fixture.serve()).isNotEqualTo(busy);
        }
    }

    @Test
    void coolingBackendIsNeverCalled() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));
        fixture.trip(throttled(5000));

        assertThat(picks(fixture, 100)).containsOnlyKeys("b");
        fixture.pass(5000);
        assertThat(fixture.serve()).isEqualTo("a");
    }

    @Test
    void halfOpenBackendGetsOneProbeAtATime() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));
        fixture.trip(throttled(5000));
        fixture.pass(5000);

        Attempt probe = sent(fixture.open().begin());
        assertThat(probe.backend().id().value()).isEqualTo("a");
        assertThat(target(fixture.open().begin())).isEqualTo("b");
        probe.answered(200, HeaderFields.NONE);
        assertThat(target(fixture.open().begin())).isEqualTo("a");
    }

    @Test
    void permitOfAnEndedProbeIsFree() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));
        fixture.trip(throttled(5000));
        fixture.pass(5000);

        sent(fixture.open().begin()).cancelled();

        assertThat(target(fixture.open().begin())).isEqualTo("a");
    }

    @Test
    void loneBackendIsNotRefusedForBeingHalfOpen() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));
        fixture.trip(throttled(5000));
        fixture.pass(5000);

        assertThat(target(fixture.open().begin())).isEqualTo("a");
        assertThat(target(fixture.open().begin())).isEqualTo("a");
    }

    @Test
    void probeThatIsReturnedCountsAsAlive() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));
        fixture.trip(error(500));
        fixture.pass(10_000);

        returnedBy(sent(fixture.open().begin()).rejected(returned(404))).completed(Usage.NONE);

        assertThat(fixture.status("a").state()).isEqualTo(State.RECOVERING);
    }

    @Test
    void recoveringBackendGetsAGrowingShareOfItsTier() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"), backend("b"));
        fixture.trip(error(500));
        String tripped = fixture.status("a").state() == State.COOLING ? "a" : "b";
        fixture.pass(10_000);
        while (fixture.status(tripped).state() == State.HALF_OPEN) {
            fixture.serve();
        }

        assertThat((double) picks(fixture, 10_000).getOrDefault(tripped, 0)).isBetween(800.0, 1010.0);
        fixture.pass(10_000);
        assertThat(picks(fixture, 10_000).get(tripped)).isCloseTo(5000, withPercentage(5));
    }

    @Test
    void backendAtItsLimitIsPassedOver() {
        FailoverFixture fixture = FailoverFixture.of(limited("a", new BackendLimits(0, 0, 1, 0)), backend("b", 2));

        Attempt first = sent(fixture.open().begin());
        assertThat(target(fixture.open().begin())).isEqualTo("b");
        FailoverFixture.succeed(first);
        assertThat(target(fixture.open().begin())).isEqualTo("a");
    }

    @Test
    void requestsPerMinuteAreKept() {
        FailoverFixture fixture = FailoverFixture.of(limited("a", new BackendLimits(60, 0, 0, 0)), backend("b", 2));

        assertThat(picks(fixture, 30)).containsEntry("a", 10).containsEntry("b", 20);
        fixture.pass(1000);
        assertThat(picks(fixture, 2)).containsEntry("a", 1);
    }

    @Test
    void refusedRequestIsGivenBackToTheLimit() {
        FailoverFixture fixture = FailoverFixture.of(limited("a", new BackendLimits(6, 0, 0, 0)), backend("b", 2));

        sent(fixture.open().begin()).failed(AttemptFailure.NAME_NOT_RESOLVED);
        fixture.pass(10_001);

        assertThat(fixture.serve()).isEqualTo("a");
    }

    @Test
    void requestThatDoesNotFitTheContextGoesElsewhere() {
        FailoverFixture fixture = FailoverFixture.of(limited("a", new BackendLimits(0, 0, 0, 150)), backend("b", 2));

        assertThat(fixture.serve()).isEqualTo("b");
    }

    @Test
    void nearlySpentBackendIsUsedOnlyIfNothingElseIsLeft() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));
        Attempt attempt = sent(fixture.open().begin());
        attempt.answered(200, spent());
        attempt.commits();
        attempt.completed(Usage.NONE);

        assertThat(fixture.serve()).isEqualTo("b");
        assertThat(fixture.events).contains("spilled m");
        fixture.router.drain("main", "b");
        assertThat(fixture.serve()).isEqualTo("a");
    }

    @Test
    void drainedBackendIsNotCalledUntilItIsUndrained() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        assertThat(fixture.router.drain("main", "a")).isTrue();
        assertThat(fixture.serve()).isEqualTo("b");
        fixture.router.undrain("main", "a");
        assertThat(fixture.serve()).isEqualTo("a");
        assertThat(fixture.router.drain("main", "x")).isFalse();
    }

    @Test
    void mappedModelGoesByTheUpstreamsName() {
        Backend mapped = new Backend(
                new EndpointId("a"),
                "https://a",
                1,
                1,
                Map.of("m", "deployment"),
                BackendLimits.NONE,
                Backend.Credential.OWN,
                Backend.Prefill.NONE);
        FailoverFixture fixture = FailoverFixture.of(mapped);

        assertThat(sent(fixture.open().begin()).upstreamModel()).isEqualTo("deployment");
    }

    @Test
    void modelThatNothingServesIsNotFoundAndNearNamesAreNamed() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);

        Step.Refuse refusal = refused(fixture.open(new FailoverRequest("mm", true, true, 0, 0, 0, Deadline.NEVER))
                .begin());

        assertThat(refusal.failure().kind()).isEqualTo(FailureKind.MODEL_NOT_FOUND);
        assertThat(refusal.failure().message()).contains("`mm`").contains("near names: m");
    }

    @Test
    void requestWithoutAModelGoesToTheFirstRoutesPool() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);
        FailoverRequest unnamed = new FailoverRequest("", false, true, 0, 0, 0, Deadline.NEVER);

        assertThat(target(fixture.open(unnamed).begin())).isEqualTo("a");
    }

    @Test
    void moreThanSixtyFourBackendsAreEachTriedOnce() {
        Backend[] many = new Backend[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = backend("b" + i);
        }
        FailoverFixture fixture = FailoverFixture.of(many);
        FailoverCall call = fixture.open();

        Step step = call.begin();
        while (step instanceof Step.Send send) {
            step = send.attempt().rejected(throttled(1000));
        }

        assertThat(call.attempts()).isEqualTo(100);
        assertThat(refused(step).advice().waitMillis()).isEqualTo(1000);
    }

    @Test
    void modelsBeyondTheLimitAreForgottenLeastRecentlyUsedFirst() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));
        for (int i = 0; i < 1500; i++) {
            fixture.pass(2);
            FailoverRequest each = new FailoverRequest("m" + i, true, true, 0, 0, 0, Deadline.NEVER);
            FailoverFixture.succeed(sent(fixture.open(each).begin()));
        }

        List<BackendStatus.ModelStatus> models = fixture.status("a").models();

        assertThat(models).hasSize(RecentModels.MAX);
        assertThat(models)
                .extracting(BackendStatus.ModelStatus::model)
                .contains("m1499")
                .doesNotContain("m0");
    }

    private static Map<String, Integer> picks(FailoverFixture fixture, int count) {
        Map<String, Integer> picks = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            picks.merge(fixture.serve(), 1, Integer::sum);
        }
        return picks;
    }

    private static HeaderFields spent() {
        Map<String, String> headers =
                Map.of("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "30s");
        return name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of();
    }

    private static Backend weighted(String id, int weight) {
        return new Backend(
                new EndpointId(id),
                "https://" + id,
                1,
                weight,
                Map.of(),
                BackendLimits.NONE,
                Backend.Credential.OWN,
                Backend.Prefill.NONE);
    }

    private static FailoverSettings with(FailoverSettings.Selection selection) {
        return SettingsBuilder.defaults().selection(selection).build();
    }
}
