package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.error;
import static dev.headgate.core.failover.FailoverFixture.refused;
import static dev.headgate.core.failover.FailoverFixture.returned;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.stateful;
import static dev.headgate.core.failover.FailoverFixture.succeed;
import static dev.headgate.core.failover.FailoverFixture.target;
import static dev.headgate.core.failover.FailoverFixture.throttled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.HeaderFields;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private final FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2), backend("c", 3));

    @Test
    void brokenStreamGoesToTheNextCandidate() {
        FailoverCall call = broken(fixture, AttemptFailure.CUT);

        Step step = call.recover();

        assertThat(target(step)).isEqualTo("b");
        succeed(sent(step));
        assertThat(fixture.inFlight()).isZero();
    }

    @Test
    void brokenStreamGoesToTheFallbackModel() {
        assertThat(target(broken(FailoverFixture.withFallback(FailoverSettings.DEFAULTS), AttemptFailure.CUT)
                        .recover()))
                .isEqualTo("b");
    }

    @Test
    void onlyBackendIsAskedOnceMoreAfterACut() {
        FailoverCall call = broken(FailoverFixture.of(backend("a")), AttemptFailure.CUT);

        Step step = call.recover();

        assertThat(target(step)).isEqualTo("a");
        Step.Refuse end = refused(sent(step).failed(AttemptFailure.CUT));
        assertThat(end.failure().kind()).isEqualTo(FailureKind.STREAM_INTERRUPTED);
    }

    @Test
    void onlyBackendIsNotAskedAgainAfterAStall() {
        FailoverCall call = broken(FailoverFixture.of(backend("a")), AttemptFailure.IDLE_TIMEOUT);

        assertThat(refused(call.recover()).failure().kind()).isEqualTo(FailureKind.STREAM_INTERRUPTED);
    }

    @Test
    void answerOfAFailedRecoveryNeverReachesTheCaller() {
        FailoverCall call = broken(fixture, AttemptFailure.CUT);

        Step next = sent(call.recover()).rejected(returned(400));
        assertThat(target(next)).isEqualTo("c");
        assertThat(refused(sent(next).rejected(error(500))).failure().kind()).isEqualTo(FailureKind.STREAM_INTERRUPTED);
    }

    @Test
    void recoveriesAreCounted() {
        FailoverCall call = broken(fixture, AttemptFailure.CUT);
        Attempt second = sent(call.recover());
        second.commits();
        second.broken(AttemptFailure.CUT);

        assertThat(refused(call.recover()).failure().kind()).isEqualTo(FailureKind.STREAM_INTERRUPTED);
        assertThat(fixture.inFlight()).isZero();
    }

    @Test
    void refusedContinuationIsSentAgainInAnotherMode() {
        FailoverCall call = broken(fixture, AttemptFailure.CUT);
        Attempt recovery = sent(call.recover());

        Step step = recovery.refusesPrefill();

        assertThat(((Step.Resend) step).attempt()).isSameAs(recovery);
        assertThat(recovery.prefill()).isEqualTo(Backend.Prefill.NONE);
    }

    @Test
    void errorInAStreamCoolsOnlyWhenItThrottles() {
        Attempt throttledLate = committed(fixture.open());
        throttledLate.broken(throttled(5_000));
        assertThat(fixture.status("a").cause()).isEqualTo(CoolingCause.THROTTLED);

        Attempt failedLate = committed(fixture.open());
        failedLate.broken(error(500));
        assertThat(fixture.status("b").cause()).isNull();
    }

    private static FailoverCall broken(FailoverFixture fixture, AttemptFailure failure) {
        FailoverCall call = fixture.open();
        committed(call).broken(failure);
        return call;
    }

    private static Attempt committed(FailoverCall call) {
        Attempt attempt = sent(call.begin());
        attempt.answered(200, HeaderFields.NONE);
        attempt.firstToken();
        attempt.commits();
        return attempt;
    }

    @Test
    void streamOfAStatefulRequestIsNotTakenUpElsewhere() {
        FailoverCall call = fixture.open(stateful());
        committed(call).broken(AttemptFailure.CUT);

        assertThat(refused(call.recover()).failure().kind()).isEqualTo(FailureKind.STREAM_INTERRUPTED);
        assertThat(fixture.inFlight()).isZero();
    }
}
