package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.error;
import static dev.headgate.core.failover.FailoverFixture.refused;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.succeed;
import static dev.headgate.core.failover.FailoverFixture.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.guard.CircuitBreaker.Place;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.time.Deadline;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverQueueTest {
    private static final BreakerSettings ONE_AT_A_TIME = new BreakerSettings(
            1024, 1024, 1, 1024, 0, BreakerSettings.PendingCounts.WAITING, null, null, BreakerSettings.Body.ENVOY);

    @Test
    void fullPoolIsAnOverflowThatCoolsNothing() {
        FailoverFixture fixture = fixture(0);
        start(sent(fixture.open().begin()));

        Step.Refuse end = refused(start(sent(fixture.open().begin())));

        assertThat(end.failure().kind()).isEqualTo(FailureKind.OVERLOADED);
        assertThat(end.advice()).isEqualTo(new Step.Advice(1000, false, true, "overflow"));
        assertThat(fixture.events).isEmpty();
        assertThat(fixture.inFlight()).isOne();
        assertThat(overflows(fixture)).isOne();
    }

    @Test
    void overflowMayGoToAFallbackModel() {
        FailoverFixture fixture = FailoverFixture.withFallback(settings(0));
        start(sent(fixture.open().begin()));

        assertThat(target(start(sent(fixture.open().begin())))).isEqualTo("b");
    }

    @Test
    void queuedCallGoesOnWhenASlotIsFree() {
        FailoverFixture fixture = fixture(5);
        Attempt running = sent(fixture.open().begin());
        start(running);
        FailoverCall waiting = fixture.open();
        assertThat(start(sent(waiting.begin()))).isInstanceOf(Step.Pending.class);
        assertThat(overflows(fixture)).isZero();

        running.gate().ended();
        succeed(running);

        assertThat(fixture.proceeds).isOne();
        assertThat(target(waiting.resume())).isEqualTo("a");
    }

    @Test
    void newcomerDoesNotOvertakeTheQueue() {
        FailoverFixture fixture = fixture(5);
        start(sent(fixture.open().begin()));
        start(sent(fixture.open().begin()));

        assertThat(fixture.open().begin()).isInstanceOf(Step.Pending.class);
    }

    @Test
    void waitInTheQueueEnds() {
        FailoverFixture fixture = fixture(5);
        start(sent(fixture.open().begin()));
        FailoverCall waiting = fixture.open();
        start(sent(waiting.begin()));

        fixture.pass(2_000);
        fixture.router.advance();

        assertThat(fixture.proceeds).isOne();
        assertThat(refused(waiting.resume()).failure().kind()).isEqualTo(FailureKind.OVERLOADED);
    }

    @Test
    void slotThatAnotherTookDoesNotProlongTheWait() {
        FailoverFixture fixture = fixture(5);
        Attempt running = sent(fixture.open().begin());
        start(running);
        FailoverCall waiting = fixture.open();
        start(sent(waiting.begin()));
        running.gate().ended();
        running.gate().tryStart(Place.READY);

        fixture.pass(1_999);
        assertThat(start(sent(waiting.resume()))).isInstanceOf(Step.Pending.class);
        running.gate().ended();
        running.gate().tryStart(Place.READY);
        fixture.pass(1);

        assertThat(refused(start(sent(waiting.resume()))).advice().isOverload()).isTrue();
    }

    @Test
    void higherPriorityDisplacesTheYoungestOfTheLowest() {
        FailoverFixture fixture = fixture(1);
        start(sent(fixture.open().begin()));
        FailoverCall low = fixture.open();
        start(sent(low.begin()));

        assertThat(fixture.open(prioritised(5)).begin()).isInstanceOf(Step.Pending.class);

        assertThat(refused(low.resume()).advice().isOverload()).isTrue();
    }

    @Test
    void negativePriorityIsNotQueued() {
        FailoverFixture fixture = fixture(5);
        start(sent(fixture.open().begin()));

        assertThat(refused(start(sent(fixture.open(prioritised(-1)).begin())))
                        .advice()
                        .isOverload())
                .isTrue();
    }

    @Test
    void slotOfACancelledCallGoesToTheNext() {
        FailoverFixture fixture = fixture(5);
        Attempt running = sent(fixture.open().begin());
        start(running);
        FailoverCall first = fixture.open();
        start(sent(first.begin()));
        FailoverCall second = fixture.open();
        second.begin();
        running.gate().ended();
        succeed(running);

        first.cancel();

        assertThat(fixture.proceeds).isEqualTo(2);
        assertThat(target(second.resume())).isEqualTo("a");
    }

    @Test
    void fullEndpointsAreAnOverflowAndOthersArePreferred() {
        BreakerSettings perEndpoint = new BreakerSettings(
                1024,
                1024,
                1024,
                1024,
                0,
                BreakerSettings.PendingCounts.WAITING,
                new BreakerSettings.PerEndpoint(1024, 1, 1024),
                null,
                BreakerSettings.Body.ENVOY);
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().breaker(perEndpoint).build(), backend("a", 1), backend("b", 2));

        start(sent(fixture.open().begin()));
        Attempt other = sent(fixture.open().begin());
        start(other);

        assertThat(other.backend().id().value()).isEqualTo("b");
        assertThat(refused(fixture.open().begin()).advice().isOverload()).isTrue();
        assertThat(overflows(fixture)).isOne();
    }

    @Test
    void retriesKeepToTheirLimit() {
        BreakerSettings noRetries = new BreakerSettings(
                1024, 1024, 1024, 0, 0, BreakerSettings.PendingCounts.WAITING, null, null, BreakerSettings.Body.ENVOY);
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().breaker(noRetries).build(), backend("a", 1), backend("b", 2));

        Attempt attempt = sent(fixture.open().begin());

        assertThat(FailoverFixture.returnedBy(attempt.rejected(error(500)))).isSameAs(attempt);
        assertThat(List.of(fixture.inFlight())).containsExactly(0);
    }

    @Test
    void callWhoseSlotIsGoneAgainWaitsNoLongerThanItWouldHave() {
        FailoverFixture fixture = fixture(1);
        Attempt running = sent(fixture.open().begin());
        start(running);
        FailoverCall waiting = fixture.open();
        start(sent(waiting.begin()));
        fixture.pass(1_900);
        running.gate().ended();
        running.gate().tryStart(Place.READY); // another is quicker

        assertThat(start(sent(waiting.resume()))).isInstanceOf(Step.Pending.class);
        fixture.pass(100);
        fixture.router.advance();

        assertThat(fixture.proceeds).isEqualTo(2);
        assertThat(refused(waiting.resume()).advice().isOverload()).isTrue();
    }

    @Test
    void coldPoolThatNeverHasRoomGrantsNobody() {
        BreakerSettings nobodyPends = new BreakerSettings(
                9, 0, 9, 9, 0, BreakerSettings.PendingCounts.CONNECTING, null, null, BreakerSettings.Body.ENVOY);
        FailoverFixture fixture = FailoverFixture.of(
                SettingsBuilder.defaults().breaker(nobodyPends).queue(1).build(), backend("a"));
        Attempt attempt = sent(fixture.open().begin());

        assertThat(attempt.overflowed(attempt.gate().trySeek())).isInstanceOf(Step.Pending.class);
        fixture.router.advance();

        assertThat(fixture.proceeds).isZero();
    }

    /** Has a connection take the attempt, and returns what follows if it may not. */
    private static Step start(Attempt attempt) {
        Place place = attempt.gate().tryStart(Place.READY);
        return place == Place.READY ? new Step.Send(attempt, 0) : attempt.overflowed(place);
    }

    private static FailoverRequest prioritised(int priority) {
        return new FailoverRequest("m", true, true, 400, 100, priority, Deadline.NEVER);
    }

    private static FailoverFixture fixture(int queue) {
        return FailoverFixture.of(settings(queue), backend("a"));
    }

    private static FailoverSettings settings(int queue) {
        return SettingsBuilder.defaults().breaker(ONE_AT_A_TIME).queue(queue).build();
    }

    private static long overflows(FailoverFixture fixture) {
        CircuitBreaker breaker = fixture.router.breaker("main");
        return breaker == null ? -1 : breaker.counts().upstreamRqPendingOverflow();
    }
}
