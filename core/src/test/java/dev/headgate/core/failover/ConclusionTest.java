package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.cooling;
import static dev.headgate.core.failover.FailoverFixture.error;
import static dev.headgate.core.failover.FailoverFixture.limited;
import static dev.headgate.core.failover.FailoverFixture.refused;
import static dev.headgate.core.failover.FailoverFixture.returnedBy;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.throttled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings.AllFailed;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.FailureKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConclusionTest {
    @Test
    void soonestOfAllWaitsIsToldAndCountsDownWithoutAnotherAttempt() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2), backend("c", 3));

        Attempt a = sent(fixture.open().begin());
        Attempt b = sent(a.rejected(throttled(44_000)));
        Attempt c = sent(b.rejected(throttled(4_000)));
        Step.Refuse first = refused(c.rejected(error(500, 7_000)));
        fixture.pass(1_500);
        FailoverCall next = fixture.open();
        Step.Refuse second = refused(next.begin());

        assertThat(first.failure().kind()).isEqualTo(FailureKind.ALL_BACKENDS_THROTTLED);
        assertThat(first.advice()).isEqualTo(new Step.Advice(4_000, false, false, ""));
        assertThat(second.advice().waitMillis()).isEqualTo(2_500);
        assertThat(next.attempts()).isZero();
        assertThat(fixture.events).contains("none m 2500ms");
    }

    @Test
    void waitIsAtLeastATenthOfASecond() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));

        assertThat(refused(sent(fixture.open().begin()).rejected(throttled(0)))
                        .advice()
                        .waitMillis())
                .isEqualTo(100);
    }

    @Test
    void hintOfZeroLeavesTheBackendToTheNextRequest() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        Step step = sent(fixture.open().begin()).rejected(throttled(0));

        assertThat(FailoverFixture.target(step)).isEqualTo("b");
        assertThat(fixture.serve()).isEqualTo("a");
    }

    @Test
    void backendsWithoutAnAnswerAreUnreachable() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"), backend("b"));

        Attempt first = sent(fixture.open().begin());
        Step.Refuse end =
                refused(sent(first.failed(AttemptFailure.CONNECT_REFUSED)).failed(AttemptFailure.TLS_FAILED));

        assertThat(end.failure().kind()).isEqualTo(FailureKind.UPSTREAM_UNREACHABLE);
        assertThat(end.advice()).isEqualTo(new Step.Advice(0, true, false, ""));
    }

    @Test
    void callersAreToldToRetryAfterASingleAttempt() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));

        Step.Refuse end = refused(sent(fixture.open().begin()).failed(AttemptFailure.CONNECT_TIMEOUT));

        assertThat(end.failure().kind()).isEqualTo(FailureKind.UPSTREAM_TIMEOUT);
        assertThat(end.advice().shouldNotRetry()).isFalse();
    }

    @Test
    void backendsThatCoolForAnotherReasonAreUnavailable() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));
        fixture.trip(error(500));

        Step.Refuse end = refused(fixture.open().begin());

        assertThat(end.failure().kind()).isEqualTo(FailureKind.NO_BACKEND_AVAILABLE);
        assertThat(end.advice().waitMillis()).isEqualTo(10_000);
    }

    @Test
    void backendAtItsLimitIsThrottled() {
        FailoverFixture fixture = FailoverFixture.of(limited("a", new BackendLimits(6, 0, 0, 0)));
        fixture.serve();

        Step.Refuse end = refused(fixture.open().begin());

        assertThat(end.failure().kind()).isEqualTo(FailureKind.ALL_BACKENDS_THROTTLED);
        assertThat(end.advice().waitMillis()).isEqualTo(10_000);
    }

    @Test
    void exhaustedAccountIsNotThrottled() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));

        Attempt attempt = sent(fixture.open().begin());

        assertThat(returnedBy(attempt.rejected(cooling(CoolingCause.QUOTA, 429))))
                .isSameAs(attempt);
        assertThat(fixture.status("a").retryAfterMillis()).isEqualTo(300_000);
    }

    @Test
    void everyFailureIs429IfConfigured() {
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().allFailed(AllFailed.THROTTLED).build(), backend("a"));

        assertThat(refused(sent(fixture.open().begin()).rejected(error(500)))
                        .failure()
                        .kind())
                .isEqualTo(FailureKind.ALL_BACKENDS_THROTTLED);
    }

    @Test
    void lastResponseIsHandedOverIfConfigured() {
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().allFailed(AllFailed.LAST_RESPONSE).build(), backend("a"));

        Attempt attempt = sent(fixture.open().begin());
        Step.Return end = (Step.Return) attempt.rejected(throttled(9_000));

        assertThat(end.attempt()).isSameAs(attempt);
        assertThat(end.advice()).isEqualTo(new Step.Advice(9_000, false, false, ""));
        assertThat(fixture.serve()).isEqualTo("all_backends_throttled");
    }

    @Test
    void toldWaitIsSpreadAndCapped() {
        FailoverFixture spread = FailoverFixture.of(
                SettingsBuilder.defaults().reported(0.3, Duration.ZERO).build(), backend("a"));
        spread.trip(throttled(100_000));
        FailoverFixture capped = FailoverFixture.of(
                SettingsBuilder.defaults().reported(0, Duration.ofSeconds(59)).build(), backend("a"));
        capped.trip(throttled(100_000));

        assertThat(refused(spread.open().begin()).advice().waitMillis()).isBetween(100_001L, 130_000L);
        assertThat(refused(capped.open().begin()).advice().waitMillis()).isEqualTo(59_000);
    }

    @Test
    void spentRetryBudgetLeavesTheFailureInHand() {
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().retryBudget(0, 1).build(), backend("a", 1), backend("b", 2));
        Attempt spends = sent(sent(fixture.open().begin()).failed(AttemptFailure.CUT));
        FailoverFixture.succeed(spends);

        Attempt attempt = sent(fixture.open().begin());
        Step.Refuse end = refused(attempt.failed(AttemptFailure.CUT));

        assertThat(end.advice().reason()).isEqualTo("retry_budget");
        assertThat(fixture.events).contains("budget main");
        assertThat(fixture.inFlight()).isZero();
    }

    @Test
    void failoverWhereNoWorkWasDoneIsFree() {
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().retryBudget(0, 0).build(), backend("a", 1), backend("b", 2));

        assertThat(FailoverFixture.target(sent(fixture.open().begin()).rejected(throttled(100))))
                .isEqualTo("b");
        fixture.pass(200);
        assertThat(FailoverFixture.target(sent(fixture.open().begin()).failed(AttemptFailure.CONNECT_REFUSED)))
                .isEqualTo("b");
    }

    @Test
    void slowFailureIsTheLastIfConfigured() {
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().attempts(0, Duration.ofSeconds(1)).build(),
                backend("a", 1),
                backend("b", 2));

        Attempt attempt = sent(fixture.open().begin());
        fixture.pass(1_001);

        assertThat(returnedBy(attempt.rejected(error(500)))).isSameAs(attempt);
    }

    @Test
    void attemptsEndAtTheirLimit() {
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().attempts(2, Duration.ZERO).build(),
                backend("a", 1),
                backend("b", 2),
                backend("c", 3));

        Attempt second = sent(sent(fixture.open().begin()).rejected(error(500)));

        assertThat(returnedBy(second.rejected(error(500)))).isSameAs(second);
    }

    @Test
    void reasonOfASpentRetryBudgetGoesWithTheAnswerInHand() {
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().retryBudget(0, 0).build(), backend("a", 1), backend("b", 2));

        Step.Return end = (Step.Return) sent(fixture.open().begin()).rejected(error(500));

        assertThat(end.advice()).isEqualTo(new Step.Advice(0, false, false, "retry_budget"));
    }

    @Test
    void missingTimeIsNoMissingBackend() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));

        Step.Refuse end = refused(fixture.open(fixture.requestWithin(49)).begin());

        assertThat(end.failure().kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        assertThat(fixture.events).isEmpty();
    }
}
