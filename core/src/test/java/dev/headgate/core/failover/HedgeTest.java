package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.MILLI;
import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.error;
import static dev.headgate.core.failover.FailoverFixture.returned;
import static dev.headgate.core.failover.FailoverFixture.returnedBy;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.stateful;
import static dev.headgate.core.failover.FailoverFixture.succeed;
import static dev.headgate.core.failover.FailoverFixture.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverPlan.Fallback;
import dev.headgate.core.failover.FailoverPlan.ModelRoute;
import dev.headgate.core.failover.FailoverPlan.PoolPlan;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.Usage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HedgeTest {
    private final FailoverFixture fixture = FailoverFixture.of(
            SettingsBuilder.defaults().hedgeAfter(Duration.ofMillis(300), 5).build(),
            backend("a", 1),
            backend("b", 2),
            backend("c", 3));
    private final FailoverCall call = fixture.open();
    private final Step.Send first = (Step.Send) call.begin();

    @Test
    void secondAttemptStartsOnAnotherBackend() {
        assertThat(first.hedgeAfterNanos()).isEqualTo(300 * MILLI);
        assertThat(target(call.hedge())).isEqualTo("b");
        assertThat(call.hedge()).isInstanceOf(Step.Pending.class);
    }

    @Test
    void firstToCommitWins() {
        Attempt hedge = sent(call.hedge());

        assertThat(hedge.commits()).isTrue();
        assertThat(first.attempt().commits()).isFalse();
        first.attempt().cancelled();
        hedge.completed(Usage.NONE);
        assertThat(fixture.inFlight()).isZero();
    }

    @Test
    void oneFailingDoesNotEndTheOther() {
        Attempt hedge = sent(call.hedge());

        assertThat(first.attempt().rejected(error(500))).isInstanceOf(Step.Pending.class);
        assertThat(fixture.status("a").cause()).isEqualTo(CoolingCause.FAILED);
        succeed(hedge);
        assertThat(call.attempts()).isEqualTo(2);
    }

    @Test
    void callGoesOnWhenBothHaveFailed() {
        Attempt hedge = sent(call.hedge());
        first.attempt().rejected(error(500));

        assertThat(target(hedge.rejected(error(500)))).isEqualTo("c");
    }

    @Test
    void loserThatFailsAfterTheWinStillCools() {
        Attempt hedge = sent(call.hedge());
        hedge.commits();

        assertThat(first.attempt().rejected(error(500))).isInstanceOf(Step.Pending.class);
        assertThat(fixture.status("a").cause()).isEqualTo(CoolingCause.FAILED);
        hedge.completed(Usage.NONE);
    }

    @Test
    void returnedAnswerDecidesToo() {
        Attempt hedge = sent(call.hedge());

        assertThat(returnedBy(hedge.rejected(returned(404)))).isSameAs(hedge);
        assertThat(first.attempt().commits()).isFalse();
    }

    @Test
    void hedgesKeepToTheirBudget() {
        call.hedge();
        FailoverCall other = fixture.open();
        other.begin();

        assertThat(other.hedge()).isInstanceOf(Step.Pending.class);
    }

    @Test
    void statefulRequestIsNotHedged() {
        FailoverCall stateful = fixture.open(stateful());

        assertThat(((Step.Send) stateful.begin()).hedgeAfterNanos()).isZero();
        assertThat(stateful.hedge()).isInstanceOf(Step.Pending.class);
    }

    @Test
    void hedgeOnAHalfOpenBackendIsNotTriedAgain() {
        FailoverSettings settings =
                SettingsBuilder.defaults().hedgeAfter(Duration.ofMillis(300), 5).build();
        FailoverFixture two = new FailoverFixture(new FailoverPlan(
                List.of(
                        new PoolPlan("main", List.of(backend("a", 1), backend("b", 2)), settings),
                        new PoolPlan("spare", List.of(backend("c")), settings)),
                List.of(new ModelRoute(List.of("m"), "main", List.of(new Fallback("small", "spare"))))));
        two.router.drain("main", "a");
        two.trip(error(500));
        two.router.undrain("main", "a");
        two.pass(10_000);
        FailoverCall hedged = two.open();
        Attempt slow = sent(hedged.begin());
        Attempt hedge = sent(hedged.hedge());

        assertThat(hedge.backend().id().value()).isEqualTo("b");
        hedge.rejected(error(500));
        assertThat(target(slow.failed(AttemptFailure.FIRST_TOKEN_TIMEOUT))).isEqualTo("c");
    }
}
