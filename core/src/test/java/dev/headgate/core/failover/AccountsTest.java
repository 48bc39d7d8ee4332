package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.limited;
import static dev.headgate.core.failover.FailoverFixture.refused;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.stateful;
import static dev.headgate.core.failover.FailoverFixture.throttled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What attempts that did no work leave behind: nothing. */
class AccountsTest {
    private static final HeaderFields ONE_LEFT =
            name -> name.equals("x-ratelimit-remaining-requests") ? List.of("1") : List.of();

    @Test
    void throttledAnswerThatIsReturnedIsGivenBackToTheLimit() {
        FailoverFixture fixture = FailoverFixture.of(limited("a", new BackendLimits(6, 0, 0, 0)));

        fixture.trip(throttled(1));
        fixture.pass(1);

        assertThat(fixture.serve()).isEqualTo("a");
    }

    @Test
    void attemptThatOverflowedIsNotCountedAgainstTheUpstreamsQuota() {
        BreakerSettings one = new BreakerSettings(
                1024, 1024, 1, 1024, 0, BreakerSettings.PendingCounts.WAITING, null, null, BreakerSettings.Body.ENVOY);
        FailoverFixture fixture =
                FailoverFixture.of(SettingsBuilder.defaults().breaker(one).build(), backend("a", 1), backend("b", 2));
        teach(fixture);
        Attempt attempt = sent(fixture.open().begin());

        refused(attempt.overflowed(CircuitBreaker.Place.OVERFLOW));

        assertThat(fixture.serve()).isEqualTo("a");
    }

    @Test
    void attemptThatTheBudgetRefusedIsNotCountedAgainstTheUpstreamsQuota() {
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().retryBudget(0, 0).build(),
                backend("first", 1),
                backend("a", 2),
                backend("b", 3));
        fixture.router.drain("main", "first");
        teach(fixture);
        fixture.router.undrain("main", "first");

        refused(sent(fixture.open().begin()).failed(AttemptFailure.CUT));
        fixture.router.drain("main", "first");

        assertThat(fixture.serve()).isEqualTo("a");
    }

    @Test
    void cancelledCallIsNotSentAgain() {
        Backend provided = new Backend(
                new EndpointId("a"),
                "https://a",
                1,
                1,
                Map.of(),
                BackendLimits.NONE,
                Backend.Credential.TOKEN_PROVIDER,
                Backend.Prefill.NONE);
        FailoverFixture fixture = FailoverFixture.of(provided);
        FailoverCall call = fixture.open();
        Attempt attempt = sent(call.begin());

        call.cancel();

        assertThat(attempt.resends()).isFalse();
        assertThat(attempt.rejected(new Verdict(AnswerClass.NEXT, 401, CoolingCause.AUTH, Verdict.NO_HINT, "", false)))
                .isInstanceOf(Step.Pending.class);
        assertThat(fixture.inFlight()).isZero();
    }

    /** Backend {@code a} says that one more request fits. */
    private static void teach(FailoverFixture fixture) {
        Attempt attempt = sent(fixture.open(stateful()).begin());
        attempt.answered(200, ONE_LEFT);
        attempt.commits();
        attempt.completed(Usage.NONE);
        assertThat(attempt.backend().id().value()).isEqualTo("a");
    }
}
