package dev.headgate.core.route;

import static dev.headgate.core.route.PoolFixture.ALL;
import static dev.headgate.core.route.PoolFixture.ONE_BY_ONE;
import static dev.headgate.core.route.PoolFixture.asked;
import static dev.headgate.core.route.PoolFixture.complete;
import static dev.headgate.core.route.PoolFixture.isAssigned;
import static dev.headgate.core.route.PoolFixture.lease;
import static dev.headgate.core.route.PoolFixture.where;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sentences of the contract that stand between the parts: order, wake-ups, lengths of who comes and goes. */
class PoolContractTest {
    @Test
    void aRetryKeepsItsPlaceAheadOfNewerRequests() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1).rejecting());
        FakeCall first = pool.route("1");
        FakeCall second = pool.route(createdAt("2", 5));

        lease(first).rejected(1);
        assertThat(isAssigned(first)).isFalse();
        pool.pool.signals().queueLength(new EndpointId("a"), 0);

        assertThat(isAssigned(first)).isTrue();
        assertThat(isAssigned(second)).isFalse();
    }

    @Test
    void aLengthWithRoomEndsAWait() {
        PoolFixture pool = full("a");
        FakeCall waiting = pool.route("1");
        pool.answer("a", 10);
        pool.answer("a", 10);
        pool.millis(10);
        assertThat(isAssigned(waiting)).isFalse();

        pool.pool.signals().queueLength(new EndpointId("a"), 9);

        assertThat(where(waiting)).isEqualTo("a");
    }

    @Test
    void anEndpointThatComesEndsAWait() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        pool.route("1");
        FakeCall waiting = pool.route("2");
        pool.millis(600);
        int before = pool.choices;

        pool.pool.endpointsChanged(List.of(PoolEndpoint.of("a", 1), PoolEndpoint.of("b", 1)));

        assertThat(where(waiting)).isEqualTo("b");
        assertThat(pool.choices).isEqualTo(before + 1);
    }

    @Test
    void whoLeavesAndComesBackIsUnknownAgain() {
        PoolFixture pool = PoolFixture.of(ALL, asked("a", 10));
        pool.answer("a", 4);
        assertThat(pool.queueLength("a")).isEqualTo(4);

        pool.pool.endpointsChanged(List.of());
        pool.pool.endpointsChanged(List.of(asked("a", 10)));

        assertThat(pool.queueLength("a")).isEqualTo(-1);
        assertThat(pool.news()).containsExactly("probe a", "length a 4", "probe a");
    }

    @Test
    void whoCannotBeAskedIsNeverUnknown() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 2));
        FakeCall running = pool.route("1");
        pool.millis(11_000);
        assertThat(pool.inFlight("a")).isEqualTo(1);
        assertThat(where(pool.route("2"))).isEqualTo("a");
        assertThat(isAssigned(pool.route("3"))).as("full by its own count").isFalse();
        complete(running);
        assertThat(pool.news()).doesNotContain("probe a");
    }

    @Test
    void aCompletionTellsNothingOfALengthThatIsUnknown() {
        PoolFixture pool = PoolFixture.of(ALL, asked("a", 10));
        pool.answer("a", 4);
        FakeCall running = pool.route("1");
        pool.millis(10_001);
        assertThat(pool.queueLength("a")).isEqualTo(-1);
        complete(running);
        assertThat(pool.queueLength("a")).isEqualTo(-1);
    }

    @Test
    void aWinnerThatLeftCountsAsNone() {
        PoolFixture pool = PoolFixture.of(ONE_BY_ONE, asked("a", 10), asked("b", 10));
        FakeCall call = pool.route("1");
        pool.pool.endpointsChanged(List.of(asked("b", 10)));
        pool.answer("a", 0);
        assertThat(isAssigned(call)).isFalse();
        pool.answer("b", 3);
        assertThat(where(call)).isEqualTo("b");
    }

    @Test
    void oneProbePerEndpointIsInFlightWhoeverAsks() {
        PoolFixture pool = full("a");
        PoolFixture.forEach(2, i -> pool.route("" + i));
        pool.millis(50);
        assertThat(pool.news()).containsExactly("probe a");
    }

    @Test
    void aHigherLimitLetsMoreWaitAtOnce() {
        PoolFixture pool = PoolFixture.of(PoolSettings.DEFAULTS.withMaxQueued(0), ALL, PoolEndpoint.of("a", 1));
        pool.route("1");
        assertThat(pool.route("2").failure()).isEqualTo(FailureKind.BACK_PRESSURE);
        pool.pool.settingsChanged(PoolSettings.DEFAULTS.withMaxQueued(2));
        assertThat(pool.route("3").decision).isEqualTo(Decision.WAITING);
        assertThat(pool.route("4").decision).isEqualTo(Decision.WAITING);
        assertThat(pool.route("5").failure()).isEqualTo(FailureKind.BACK_PRESSURE);
    }

    @Test
    void takingBackACallCancelsItsAttemptAndFreesTheSlot() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall running = pool.route("1");
        FakeCall waiting = pool.route("2");

        pool.pool.cancel(running);

        assertThat(running.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(where(waiting)).isEqualTo("a");
        complete(waiting);
        pool.assertIdle();
    }

    @Test
    void callsOfOneIdAreDifferentCalls() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 2));
        FakeCall first = pool.route("same");
        FakeCall second = pool.route("same");
        complete(first);
        assertThat(isAssigned(second)).isTrue();
        complete(second);
        pool.assertIdle();
    }

    @Test
    void aTickerThatWrapsChangesNeitherOrderNorAges() {
        PoolFixture pool = new PoolFixture(PoolSettings.DEFAULTS, ALL);
        pool.ticker.set(Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
        pool.with(asked("a", 2));
        pool.answer("a", 1);
        FakeCall running = pool.route("1");
        FakeCall older = pool.route("2");
        pool.ticker.set(pool.ticker.nanos() + Duration.ofSeconds(8).toNanos());
        FakeCall younger = pool.route("3");
        assertThat(pool.queueLength("a")).as("8 s old").isEqualTo(2);

        pool.pool.advance();
        pool.answer("a", 2);
        complete(running);

        assertThat(where(older)).isEqualTo("a");
        assertThat(isAssigned(younger)).isFalse();
    }

    /** A pool of one endpoint that takes ten requests and has said that it has them. */
    private static PoolFixture full(String id) {
        PoolFixture pool = PoolFixture.of(ALL, asked(id, 10));
        pool.answer(id, 10);
        pool.news();
        return pool;
    }

    private static FakeCall createdAt(String id, long nanos) {
        FakeCall call = new FakeCall(InferenceRequest.of(id, "m", "chat"));
        call.createdAt(nanos);
        return call;
    }
}
