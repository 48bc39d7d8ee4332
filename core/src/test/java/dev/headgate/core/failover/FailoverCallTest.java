package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.MILLI;
import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.error;
import static dev.headgate.core.failover.FailoverFixture.refused;
import static dev.headgate.core.failover.FailoverFixture.returned;
import static dev.headgate.core.failover.FailoverFixture.returnedBy;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.stateful;
import static dev.headgate.core.failover.FailoverFixture.succeed;
import static dev.headgate.core.failover.FailoverFixture.target;
import static dev.headgate.core.failover.FailoverFixture.throttled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverPlan.Fallback;
import dev.headgate.core.failover.FailoverPlan.ModelRoute;
import dev.headgate.core.failover.FailoverPlan.PoolPlan;
import dev.headgate.core.guard.OutlierSettings;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverCallTest {
    @Test
    void failedBackendIsFollowedByTheOtherAtOnce() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        FailoverCall call = fixture.open();
        Step first = call.begin();
        Step second = sent(first).rejected(error(500));

        assertThat(target(first)).isEqualTo("a");
        assertThat(target(second)).isEqualTo("b");
        succeed(sent(second));
        assertThat(call.attempts()).isEqualTo(2);
        assertThat(fixture.inFlight()).isZero();
    }

    @Test
    void answerThatIsTheCallersGoesBackWithoutAnotherAttempt() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        Attempt attempt = sent(fixture.open().begin());
        Step step = attempt.rejected(returned(404));

        assertThat(returnedBy(step)).isSameAs(attempt);
        assertThat(fixture.inFlight()).isOne();
        attempt.completed(dev.headgate.core.request.Usage.NONE);
        assertThat(fixture.inFlight()).isZero();
    }

    @Test
    void lastAnswerIsHandedOverWhenEveryBackendFailed() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        Attempt first = sent(fixture.open().begin());
        Attempt second = sent(first.rejected(error(500)));
        Step end = second.rejected(error(502));

        assertThat(returnedBy(end)).isSameAs(second);
        assertThat(((Step.Return) end).advice().shouldNotRetry()).isTrue();
        assertThat(((Step.Return) end).advice().waitMillis()).isEqualTo(10_000);
    }

    @Test
    void earlierAnswerIsHandedOverWhenTheLastAttemptGaveNone() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        Attempt first = sent(fixture.open().begin());
        Attempt second = sent(first.rejected(error(500)));
        Step end = second.failed(AttemptFailure.CONNECT_REFUSED);

        assertThat(((Step.ReturnLast) end).attempt()).isSameAs(first);
    }

    @Test
    void statefulRequestIsAnsweredByTheOneAttempt() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        Attempt attempt = sent(fixture.open(stateful()).begin());

        assertThat(returnedBy(attempt.rejected(error(500)))).isSameAs(attempt);
    }

    @Test
    void statefulRequestGoesOnWhereNothingWasSent() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        Attempt attempt = sent(fixture.open(stateful()).begin());

        assertThat(target(attempt.failed(AttemptFailure.CONNECT_REFUSED))).isEqualTo("b");
    }

    @Test
    void hintIsWaitedOutBeforeTheFallback() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);

        FailoverCall call = fixture.open();
        Step step = sent(call.begin()).rejected(throttled(2000));

        assertThat(((Step.Wait) step).untilNanos()).isEqualTo(fixture.now + 2000 * MILLI);
        fixture.pass(2000);
        assertThat(target(call.resume())).isEqualTo("a");
    }

    @Test
    void throttlingWithoutAHintGoesToTheFallbackAtOnce() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);

        Step step = sent(fixture.open().begin()).rejected(throttled(Verdict.NO_HINT));

        assertThat(target(step)).isEqualTo("b");
    }

    @Test
    void errorIsTriedOnceMoreShortlyBeforeTheFallback() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);

        FailoverCall call = fixture.open();
        Step step = sent(call.begin()).rejected(error(503));
        long wait = ((Step.Wait) step).untilNanos() - fixture.now;
        fixture.now += wait;
        Step again = call.resume();
        Step fallback = sent(again).rejected(error(503));

        assertThat(wait).isBetween(250 * MILLI, 500 * MILLI);
        assertThat(target(again)).isEqualTo("a");
        assertThat(target(fallback)).isEqualTo("b");
    }

    @Test
    void timedOutBackendIsNotTriedAgain() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);

        Step step = sent(fixture.open().begin()).failed(AttemptFailure.FIRST_TOKEN_TIMEOUT);

        assertThat(target(step)).isEqualTo("b");
    }

    @Test
    void noAttemptStartsWithoutTime() {
        FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

        Attempt first = sent(fixture.open(fixture.requestWithin(1000)).begin());
        fixture.pass(951);
        Step step = first.failed(AttemptFailure.RESPONSE_TIMEOUT);

        assertThat(refused(step).failure().kind()).isEqualTo(FailureKind.UPSTREAM_TIMEOUT);
        assertThat(refused(step).advice().reason()).isEqualTo("deadline");
    }

    @Test
    void earlyResumeWaitsOn() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);
        FailoverCall call = fixture.open();
        Step wait = sent(call.begin()).rejected(throttled(2000));
        fixture.pass(1999);

        assertThat(call.resume()).isEqualTo(wait);
        fixture.pass(1);
        assertThat(target(call.resume())).isEqualTo("a");
    }

    /** Scenario S15: 503 for 60 s, one request each 4 s. */
    @Test
    void outageIsServedByTheFallbackAndEndsSoonAfterIt() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);
        int tries = 0;
        long servedAt = 0;
        for (int i = 0; i < 22; i++) {
            long start = fixture.now;
            FailoverCall call = fixture.open();
            Step step = call.begin();
            while (true) {
                if (step instanceof Step.Wait wait) {
                    fixture.now = wait.untilNanos();
                    step = call.resume();
                } else if (i < 15 && target(step).equals("a")) {
                    tries++;
                    step = sent(step).rejected(error(503));
                } else {
                    break;
                }
            }
            assertThat(i >= 15 || target(step).equals("b")).isTrue();
            servedAt = servedAt == 0 && target(step).equals("a") ? i * 4L : servedAt;
            succeed(sent(step));
            fixture.now = start + 4_000 * MILLI;
        }

        assertThat(tries).isBetween(1, 6);
        assertThat(servedAt).isBetween(60L, 85L);
    }

    @Test
    void hintIsWaitedOutAlsoWhereErrorsCoolNothing() {
        FailoverFixture fixture = FailoverFixture.withFallback(SettingsBuilder.defaults()
                .outlier(OutlierSettings.DEFAULTS, FailoverSettings.TripOn.OUTLIER)
                .build());

        Step step = sent(fixture.open().begin()).rejected(error(503, 2000));

        assertThat(((Step.Wait) step).untilNanos()).isEqualTo(fixture.now + 2000 * MILLI);
    }

    @Test
    void statefulRequestIsNotTriedAgainBeforeAFallbackThatItMayNotUse() {
        FailoverFixture fixture = FailoverFixture.withFallback(FailoverSettings.DEFAULTS);

        Step step = sent(fixture.open(stateful()).begin()).failed(AttemptFailure.CONNECT_REFUSED);

        assertThat(refused(step).failure().kind()).isEqualTo(FailureKind.UPSTREAM_UNREACHABLE);
    }

    @Test
    void longHintOfOneBackendKeepsNoOtherFromAnotherTry() {
        FailoverFixture fixture = new FailoverFixture(new FailoverPlan(
                List.of(
                        new PoolPlan("main", List.of(backend("a", 1), backend("b", 2)), FailoverSettings.DEFAULTS),
                        new PoolPlan("spare", List.of(backend("c")), FailoverSettings.DEFAULTS)),
                List.of(new ModelRoute(List.of("m"), "main", List.of(new Fallback("small", "spare"))))));
        FailoverCall call = fixture.open();
        Attempt second = sent(sent(call.begin()).rejected(throttled(60_000)));

        Step step = second.rejected(error(500));

        fixture.now = ((Step.Wait) step).untilNanos();
        assertThat(target(call.resume())).isEqualTo("b");
    }
}
