package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.cooling;
import static dev.headgate.core.failover.FailoverFixture.error;
import static dev.headgate.core.failover.FailoverFixture.judged;
import static dev.headgate.core.failover.FailoverFixture.refused;
import static dev.headgate.core.failover.FailoverFixture.returned;
import static dev.headgate.core.failover.FailoverFixture.returnedBy;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.succeed;
import static dev.headgate.core.failover.FailoverFixture.target;
import static dev.headgate.core.failover.FailoverFixture.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.failover.BackendStatus.State;
import dev.headgate.core.failover.FailoverSettings.ContentPolicy;
import dev.headgate.core.failover.FailoverSettings.TripOn;
import dev.headgate.core.guard.OutlierSettings;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.Usage;
import dev.headgate.core.time.Deadline;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttemptTest {
    private final FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

    @Test
    void throttlingCoolsTheModelOnly() {
        fixture.trip(throttled(44_000));

        assertThat(fixture.events).containsExactly("cooling a THROTTLED 429 44000ms retry-after");
        assertThat(fixture.status("a").state()).isEqualTo(State.COOLING);
        FailoverRequest other = new FailoverRequest("other", true, true, 0, 0, 0, Deadline.NEVER);
        assertThat(target(fixture.open(other).begin())).isEqualTo("a");
    }

    @Test
    void refusedCredentialCoolsTheWholeBackend() {
        fixture.trip(cooling(CoolingCause.AUTH, 401));

        assertThat(fixture.events).containsExactly("cooling a AUTH 401 60000ms default");
        FailoverRequest other = new FailoverRequest("other", true, true, 0, 0, 0, Deadline.NEVER);
        assertThat(target(fixture.open(other).begin())).isEqualTo("b");
    }

    @Test
    void stateChangesAreToldOnce() {
        Attempt first = sent(fixture.open().begin());
        Attempt second = sent(fixture.open().begin());
        first.rejected(error(500));
        second.rejected(error(500));

        assertThat(fixture.events).containsExactly("cooling a FAILED 500 10000ms default");
        fixture.pass(10_000);
        fixture.serve();
        assertThat(fixture.events).endsWith("available a");
    }

    @Test
    void timeoutCoolsAtTheSecondInARow() {
        sent(fixture.open().begin()).failed(AttemptFailure.FIRST_TOKEN_TIMEOUT);
        assertThat(fixture.status("a").state()).isEqualTo(State.AVAILABLE);

        sent(fixture.open().begin()).failed(AttemptFailure.FIRST_TOKEN_TIMEOUT);
        assertThat(fixture.status("a").cause()).isEqualTo(CoolingCause.TIMEOUT);
    }

    @Test
    void successBetweenTimeoutsKeepsItAvailable() {
        sent(fixture.open().begin()).failed(AttemptFailure.RESPONSE_TIMEOUT);
        fixture.serve();
        sent(fixture.open().begin()).failed(AttemptFailure.RESPONSE_TIMEOUT);

        assertThat(fixture.status("a").state()).isEqualTo(State.AVAILABLE);
    }

    @Test
    void headAloneIsNoSuccessBetweenTimeouts() {
        for (int i = 0; i < 2; i++) {
            Attempt silent = sent(fixture.open().begin());
            silent.answered(200, HeaderFields.NONE);
            silent.failed(AttemptFailure.FIRST_TOKEN_TIMEOUT);
        }

        assertThat(fixture.status("a").cause()).isEqualTo(CoolingCause.TIMEOUT);
    }

    @Test
    void cutAndDeadlineCoolNothing() {
        sent(fixture.open().begin()).failed(AttemptFailure.CUT);
        sent(fixture.open().begin()).failed(AttemptFailure.DEADLINE);
        sent(fixture.open().begin()).failed(AttemptFailure.IDLE_TIMEOUT);

        assertThat(fixture.status("a").state()).isEqualTo(State.AVAILABLE);
    }

    @Test
    void failedTokenProviderCoolsForTenSeconds() {
        sent(fixture.open().begin()).failed(AttemptFailure.NO_TOKEN);

        assertThat(fixture.events).containsExactly("cooling a AUTH 0 10000ms default");
    }

    @Test
    void successIsCountedAtItsCommit() {
        fixture.serve();

        assertThat(fixture.status("a").successfulCalls()).isOne();
        assertThat(fixture.status("a").inFlight()).isZero();
    }

    @Test
    void successOfALaterAttemptClearsAFailure() {
        FailoverFixture fallback = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);
        FailoverCall call = fallback.open();
        sent(call.begin()).rejected(error(500));
        fallback.pass(400);
        succeed(sent(call.resume()));

        assertThat(fallback.status("a").state()).isEqualTo(State.AVAILABLE);
        assertThat(fallback.events).endsWith("available a");
    }

    @Test
    void freshTokenIsTriedOnceAfter401() {
        Backend provided = new Backend(
                new EndpointId("a"),
                "https://a",
                1,
                1,
                Map.of(),
                BackendLimits.NONE,
                Backend.Credential.TOKEN_PROVIDER,
                Backend.Prefill.NONE);
        FailoverFixture tokens = FailoverFixture.of(provided, backend("b", 2));
        FailoverCall call = tokens.open();

        Attempt attempt = sent(call.begin());
        Step again = attempt.rejected(cooling(CoolingCause.AUTH, 401));
        assertThat(((Step.Resend) again).attempt()).isSameAs(attempt);
        assertThat(tokens.events).isEmpty();
        Step next = attempt.rejected(cooling(CoolingCause.AUTH, 401));

        assertThat(target(next)).isEqualTo("b");
        assertThat(call.attempts()).isEqualTo(3);
        assertThat(tokens.status("a").cause()).isEqualTo(CoolingCause.AUTH);
    }

    @Test
    void reusedConnectionIsReplacedOnce() {
        Attempt attempt = sent(fixture.open().begin());

        assertThat(attempt.resends()).isTrue();
        assertThat(attempt.resends()).isFalse();
        assertThat(fixture.events).isEmpty();
    }

    @Test
    void tooLongContextGoesToALargerModel() {
        FailoverFixture fallback = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);

        Step step = sent(fallback.open().begin()).rejected(judged(AnswerClass.CONTEXT_TOO_LONG, 400));

        assertThat(target(step)).isEqualTo("b");
        assertThat(fallback.status("a").state()).isEqualTo(State.AVAILABLE);
    }

    @Test
    void tooLongContextWithoutALargerModelIsTheAnswer() {
        Attempt attempt = sent(fixture.open().begin());
        assertThat(returnedBy(attempt.rejected(judged(AnswerClass.CONTEXT_TOO_LONG, 400))))
                .isSameAs(attempt);

        FailoverFixture fallback = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);
        fallback.router.drain("spare", "b");
        Attempt other = sent(fallback.open().begin());
        assertThat(returnedBy(other.rejected(judged(AnswerClass.CONTEXT_TOO_LONG, 400))))
                .isSameAs(other);
        other.completed(Usage.NONE);
        assertThat(fallback.inFlight()).isZero();
    }

    @Test
    void refusedContentIsTheAnswerUnlessThePoolFallsBack() {
        FailoverFixture strict = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);
        FailoverFixture lenient = FailoverFixture.withFallback(
                SettingsBuilder.defaults().contentPolicy(ContentPolicy.FALLBACK).build());

        Attempt attempt = sent(strict.open().begin());

        assertThat(returnedBy(attempt.rejected(judged(AnswerClass.CONTENT_POLICY, 400))))
                .isSameAs(attempt);
        assertThat(target(sent(lenient.open().begin()).rejected(judged(AnswerClass.CONTENT_POLICY, 400))))
                .isEqualTo("b");
    }

    @Test
    void firstTokenIsLimitedWhileAnotherCandidateIsLeft() {
        Attempt first = sent(fixture.open().begin());
        assertThat(first.limits().firstTokenNanos()).isEqualTo(10_000 * FailoverFixture.MILLI);
        assertThat(first.isLast()).isFalse();

        Attempt second = sent(first.failed(AttemptFailure.FIRST_TOKEN_TIMEOUT));
        assertThat(second.limits().firstTokenNanos()).isZero();
        assertThat(second.isLast()).isTrue();
    }

    @Test
    void firstTokenLimitFollowsWhatTheModelTakes() {
        for (int i = 0; i < 40; i++) {
            Attempt attempt = sent(fixture.open().begin());
            fixture.pass(8_000);
            succeed(attempt);
        }

        long limit = sent(fixture.open().begin()).limits().firstTokenNanos();
        assertThat(limit).isBetween(22_000 * FailoverFixture.MILLI, 28_000 * FailoverFixture.MILLI);
    }

    @Test
    void repeatedErrorsEjectAndNothingElseCools() {
        OutlierSettings d = OutlierSettings.DEFAULTS;
        OutlierSettings outlier = new OutlierSettings(
                d.interval(), 3, 5, 0, d.baseEjectionTime(), d.maxEjectionTime(), 50, false, 1.9, 5, 100, 85, 0, 50);
        FailoverFixture replicas = FailoverFixture.of(
                SettingsBuilder.defaults().outlier(outlier, TripOn.OUTLIER).build(), backend("a", 1), backend("b", 2));

        for (int i = 0; i < 3; i++) {
            assertThat(target(sent(replicas.open().begin()).rejected(error(500))))
                    .isEqualTo("b");
        }

        assertThat(replicas.status("a").state()).isEqualTo(State.EJECTED);
        assertThat(replicas.serve()).isEqualTo("b");
        replicas.pass(30_000);
        assertThat(replicas.serve()).isEqualTo("a");
    }

    @Test
    void attemptEndsOnce() {
        Attempt attempt = sent(fixture.open().begin());
        attempt.rejected(error(500));

        attempt.cancelled();
        assertThatThrownBy(() -> attempt.failed(AttemptFailure.CUT)).isInstanceOf(IllegalStateException.class);
        assertThat(fixture.status("a").inFlight()).isZero();
    }

    @Test
    void cancelledCallBeginsNothingFurther() {
        FailoverCall call = fixture.open();
        Attempt attempt = sent(call.begin());
        call.cancel();

        assertThat(attempt.commits()).isFalse();
        attempt.cancelled();
        assertThat(call.resume()).isInstanceOf(Step.Pending.class);
        assertThat(fixture.inFlight()).isZero();
        assertThat(fixture.status("a").state()).isEqualTo(State.AVAILABLE);
    }

    @Test
    void reportedUsageSettlesTheReservation() {
        FailoverFixture tokens = FailoverFixture.of(FailoverFixture.limited("a", new BackendLimits(0, 1000, 0, 0)));

        Attempt attempt = sent(tokens.open().begin()); // 400 bytes and 100 tokens of output: 200
        attempt.commits();
        attempt.completed(new Usage(900, 100));

        assertThat(refused(tokens.open().begin()).advice().waitMillis()).isBetween(10_000L, 60_000L);
    }

    @Test
    void returnedAnswerEndsWithItsBody() {
        Attempt attempt = sent(fixture.open().begin());
        returnedBy(attempt.rejected(returned(400)));

        attempt.broken(AttemptFailure.CUT);

        assertThat(List.of(fixture.inFlight())).containsExactly(0);
    }
}
