package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.BreakerSettings.Body;
import dev.headgate.core.guard.BreakerSettings.PendingCounts;
import dev.headgate.core.guard.BreakerSettings.PerEndpoint;
import dev.headgate.core.guard.BreakerSettings.RetryConcurrency;
import dev.headgate.core.guard.CircuitBreaker.Gate;
import dev.headgate.core.guard.CircuitBreaker.Place;
import dev.headgate.core.pool.EndpointId;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final EndpointId EAST = new EndpointId("east");
    private static final EndpointId WEST = new EndpointId("west");

    private final AtomicInteger releases = new AtomicInteger();

    @Test
    void aPoolThatMayHaveNoPendingServesAsManyAsMayRunInParallel() {
        Gate gate = breaker(1024, 0, 10, PendingCounts.WAITING).gate(EAST);
        for (int i = 0; i < 10; i++) {
            Place place = gate.trySeek();
            assertThat(place).isEqualTo(Place.OPENING);
            assertThat(gate.tryStart(place)).isEqualTo(Place.READY);
        }
        assertThat(gate.tryStart(gate.trySeek())).isEqualTo(Place.OVERFLOW);
    }

    @Test // envoyproxy/envoy #11326
    void aColdPoolThatCountsConnectingRefusesAllWhenNoneMayPend() {
        CircuitBreaker breaker = breaker(1024, 0, 10, PendingCounts.CONNECTING);
        assertThat(breaker.gate(EAST).trySeek()).isEqualTo(Place.OVERFLOW);
        assertThat(breaker.gate(EAST).tryRide()).isEqualTo(Place.OVERFLOW);
        assertThat(breaker.counts().upstreamRqPendingOverflow()).isZero(); // they may wait elsewhere
        assertThat(breaker.counts().upstreamCxActive()).isZero();
    }

    @Test // envoyproxy/envoy #20817
    void aColdPoolThatCountsConnectingRefusesWhatExceedsTheLimit() {
        Gate gate = breaker(1024, 2, 10, PendingCounts.CONNECTING).gate(EAST);
        Place first = gate.trySeek();
        assertThat(first).isEqualTo(Place.OPENING_PENDING);
        assertThat(gate.tryRide()).isEqualTo(Place.RIDING_PENDING);
        assertThat(gate.trySeek()).isEqualTo(Place.OVERFLOW);
        assertThat(gate.tryStart(first)).isEqualTo(Place.READY);
        assertThat(gate.trySeek()).isEqualTo(Place.OPENING_PENDING);
    }

    @Test // the example of ACK Gateway
    void withOneRunningTheSecondIsRefusedAtOnceAndServedAfterTheAnswer() {
        CircuitBreaker breaker = breaker(1024, 1, 1, PendingCounts.WAITING);
        Gate gate = breaker.gate(EAST);
        assertThat(gate.tryStart(gate.trySeek())).isEqualTo(Place.READY);
        assertThat(gate.tryStart(gate.trySeek())).isEqualTo(Place.OVERFLOW);
        assertThat(breaker.counts().rqOpen()).isEqualTo(1);
        gate.ended();
        assertThat(gate.tryStart(Place.READY)).isEqualTo(Place.READY);
    }

    @Test
    void aRequestWaitsWhenConnectionsAreOutAndRunsWhenOneTakesIt() {
        CircuitBreaker breaker = breaker(1, 1, 1024, PendingCounts.WAITING);
        Gate gate = breaker.gate(EAST);
        gate.tryStart(gate.trySeek());
        Place second = gate.trySeek();
        assertThat(second).isEqualTo(Place.WAITING);
        assertThat(gate.trySeek()).isEqualTo(Place.OVERFLOW);
        assertThat(breaker.counts().upstreamCxOverflow()).isEqualTo(1);
        assertThat(breaker.counts().rqPendingOpen()).isEqualTo(1);
        gate.ended();
        assertThat(gate.tryStart(second)).isEqualTo(Place.READY);
        assertThat(breaker.counts().upstreamRqPendingActive()).isZero();
        assertThat(breaker.counts().upstreamCxActive()).isEqualTo(1);
    }

    @Test
    void eachEndpointMayAlwaysHaveOneConnection() {
        CircuitBreaker breaker = breaker(1, 0, 1024, PendingCounts.WAITING);
        assertThat(breaker.gate(EAST).trySeek()).isEqualTo(Place.OPENING);
        assertThat(breaker.gate(WEST).trySeek()).isEqualTo(Place.OPENING);
        assertThat(breaker.gate(EAST).trySeek()).isEqualTo(Place.OVERFLOW);
        assertThat(breaker.counts().upstreamCxActive()).isEqualTo(2);
        assertThat(breaker.counts().remainingCx()).isZero();
    }

    @Test
    void whoWaitsAfterTheLastConnectionClosedMayOpenAnother() {
        Gate gate = breaker(0, 1, 1024, PendingCounts.WAITING).gate(EAST);
        gate.trySeek();
        assertThat(gate.trySeek()).isEqualTo(Place.WAITING);
        assertThat(gate.tryOpen()).isFalse();
        gate.closed();
        assertThat(gate.tryOpen()).isTrue();
    }

    @Test
    void noParallelRequestsRefuseAll() {
        Gate gate = breaker(1024, 1024, 0, PendingCounts.WAITING).gate(EAST);
        assertThat(gate.tryStart(gate.trySeek())).isEqualTo(Place.OVERFLOW);
    }

    @Test
    void oneThatLeavesMakesRoomForAnotherToWait() {
        CircuitBreaker breaker = breaker(1, 1, 1024, PendingCounts.WAITING);
        Gate gate = breaker.gate(EAST);
        gate.trySeek();
        gate.left(gate.trySeek());
        assertThat(releases.get()).isEqualTo(1);
        assertThat(gate.trySeek()).isEqualTo(Place.WAITING);
    }

    @Test
    void leavingWhileAConnectionIsOpenedIsNoReleaseByItself() {
        Gate gate = breaker(1, 1, 1024, PendingCounts.WAITING).gate(EAST);
        gate.left(gate.trySeek());
        assertThat(releases.get()).isZero();
        gate.closed();
        assertThat(releases.get()).isEqualTo(1);
    }

    @Test
    void afterTheEndOfAnAnswerWhoeverWaitsForASlotIsTold() {
        Gate gate = breaker(1, 1, 1, PendingCounts.WAITING).gate(EAST);
        gate.tryStart(gate.trySeek());
        gate.ended();
        assertThat(releases.get()).isEqualTo(1);
    }

    @Test
    void aFullEndpointIsNotAFullPool() {
        CircuitBreaker breaker = breaker(settings(new PerEndpoint(1, 1, 0), null, PendingCounts.WAITING));
        Gate east = breaker.gate(EAST);
        assertThat(east.tryStart(east.trySeek())).isEqualTo(Place.READY);
        assertThat(east.hasRoom()).isFalse();
        assertThat(east.trySeek()).isEqualTo(Place.ENDPOINT_FULL);
        assertThat(east.tryStart(Place.READY)).isEqualTo(Place.ENDPOINT_FULL);
        assertThat(breaker.gate(WEST).hasRoom()).isTrue();
        assertThat(breaker.counts().upstreamRqPendingOverflow()).isZero();
        assertThat(breaker.counts().upstreamRqActive()).isEqualTo(1);
        breaker.overflowed();
        assertThat(breaker.counts().upstreamRqPendingOverflow()).isEqualTo(1);
    }

    @Test
    void anEndpointWithAsManyWaitingAsMayWaitHasNoRoom() {
        Gate gate = breaker(settings(new PerEndpoint(1, 9, 1), null, PendingCounts.WAITING))
                .gate(EAST);
        gate.trySeek();
        assertThat(gate.hasRoom()).isTrue();
        Place waiting = gate.trySeek();
        assertThat(gate.hasRoom()).isFalse();
        gate.left(waiting);
        assertThat(gate.hasRoom()).isTrue();
    }

    @Test
    void retriesEndAtTheirLimit() {
        CircuitBreaker breaker =
                breaker(new BreakerSettings(1024, 1024, 1024, 1, 0, PendingCounts.WAITING, null, null, Body.ENVOY));
        assertThat(breaker.tryRetry()).isTrue();
        assertThat(breaker.tryRetry()).isFalse();
        assertThat(breaker.counts().upstreamRqRetryOverflow()).isEqualTo(1);
        assertThat(breaker.counts().rqRetryOpen()).isEqualTo(1);
        breaker.retryEnded();
        assertThat(breaker.tryRetry()).isTrue();
    }

    @Test
    void aFifthOfTwentyFiveMayRetry() {
        assertThat(retriesWhileRunning(25)).isEqualTo(5);
    }

    @Test
    void threeMayRetryHoweverFewRun() {
        assertThat(retriesWhileRunning(2)).isEqualTo(3);
    }

    @Test
    void theRetryBudgetRoundsDown() {
        assertThat(retriesWhileRunning(29)).isEqualTo(5);
    }

    @Test
    void roomIsWhatConnectionsPendingAndParallelLeave() {
        CircuitBreaker breaker = breaker(2, 1, 4, PendingCounts.WAITING);
        Gate gate = breaker.gate(EAST);
        assertThat(breaker.room()).isEqualTo(3);
        gate.tryStart(gate.trySeek());
        gate.tryStart(gate.trySeek());
        assertThat(breaker.room()).isEqualTo(1);
        gate.trySeek();
        assertThat(breaker.room()).isZero();
        gate.ended();
        assertThat(breaker.room()).isEqualTo(1);
        assertThat(breaker(9, 9, 4, PendingCounts.WAITING).room()).isEqualTo(4);
        assertThat(breaker(9, 0, 4, PendingCounts.CONNECTING).room()).isZero();
    }

    @Test
    void fullEndpointsLeaveNoRoom() {
        CircuitBreaker breaker = breaker(settings(new PerEndpoint(9, 2, 9), null, PendingCounts.WAITING));
        breaker.gate(EAST).tryStart(Place.READY);
        assertThat(breaker.room()).isEqualTo(1);
        breaker.gate(EAST).tryStart(Place.READY);
        assertThat(breaker.room()).isZero();
        assertThat(CircuitBreaker.NONE.room()).isPositive();
    }

    @Test
    void noBreakerAllowsAllAndCountsNothing() {
        Gate gate = CircuitBreaker.NONE.gate(EAST);
        assertThat(gate.hasRoom()).isTrue();
        assertThat(gate.trySeek()).isEqualTo(Place.OPENING);
        assertThat(gate.tryRide()).isEqualTo(Place.RIDING);
        assertThat(gate.tryOpen()).isTrue();
        assertThat(gate.tryStart(Place.WAITING)).isEqualTo(Place.READY);
        assertThat(CircuitBreaker.NONE.tryRetry()).isTrue();
        gate.ended();
        gate.closed();
        gate.left(Place.WAITING);
        CircuitBreaker.NONE.retryEnded();
        CircuitBreaker.NONE.overflowed();
        assertThat(CircuitBreaker.NONE.counts().upstreamRqActive()).isZero();
        assertThat(CircuitBreaker.NONE.counts().upstreamCxActive()).isZero();
        assertThat(CircuitBreaker.NONE.counts().upstreamRqPendingOverflow()).isZero();
    }

    @Test
    void theDefaultsAreEnvoys() {
        BreakerSettings defaults = BreakerSettings.DEFAULTS;
        assertThat(defaults.maxConnections()).isEqualTo(1024);
        assertThat(defaults.maxPendingRequests()).isEqualTo(1024);
        assertThat(defaults.maxParallelRequests()).isEqualTo(1024);
        assertThat(defaults.maxParallelRetries()).isEqualTo(1024);
        assertThat(RetryConcurrency.DEFAULTS).isEqualTo(new RetryConcurrency(20, 3));
    }

    private int retriesWhileRunning(int running) {
        CircuitBreaker breaker = breaker(settings(null, RetryConcurrency.DEFAULTS, PendingCounts.WAITING));
        for (int i = 0; i < running; i++) {
            breaker.gate(EAST).tryStart(Place.READY);
        }
        int retries = 0;
        while (breaker.tryRetry()) {
            retries++;
        }
        return retries;
    }

    private CircuitBreaker breaker(int connections, int pending, int parallel, PendingCounts counts) {
        return breaker(new BreakerSettings(connections, pending, parallel, 1024, 0, counts, null, null, Body.ENVOY));
    }

    private CircuitBreaker breaker(BreakerSettings settings) {
        return CircuitBreaker.of(settings, releases::incrementAndGet);
    }

    private static BreakerSettings settings(
            @Nullable PerEndpoint perEndpoint, @Nullable RetryConcurrency retries, PendingCounts counts) {
        return new BreakerSettings(1024, 1024, 1024, 1024, 0, counts, perEndpoint, retries, Body.ENVOY);
    }
}
