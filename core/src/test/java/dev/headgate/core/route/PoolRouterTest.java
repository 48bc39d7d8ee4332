package dev.headgate.core.route;

import static dev.headgate.core.route.PoolFixture.ALL;
import static dev.headgate.core.route.PoolFixture.complete;
import static dev.headgate.core.route.PoolFixture.lease;
import static dev.headgate.core.route.PoolFixture.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Endpoints that can neither be probed nor reject: what is in flight here is their length. */
class PoolRouterTest {
    @Test
    void aCallGoesToTheShortestQueueAtOnceAndWaitsWhileAllAreFull() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1), PoolEndpoint.of("b", 1));
        FakeCall first = pool.route("1");
        FakeCall second = pool.route("2");
        FakeCall third = pool.route("3");
        assertThat(where(first)).isEqualTo("a");
        assertThat(where(second)).isEqualTo("b");
        assertThat(third.decision).isEqualTo(Decision.WAITING);
        complete(second);
        assertThat(third.granted)
                .singleElement()
                .satisfies(lease -> assertThat(lease.endpoint().value()).isEqualTo("b"));
        complete(first);
        complete(third);
        assertThat(third.outcomes).containsExactly(Outcome.COMPLETED);
        pool.assertIdle();
    }

    @Test
    void aLeaseIsCompletedOnce() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall call = pool.route("1");
        complete(call);
        assertThat(lease(call).complete(Outcome.CANCELLED)).isFalse();
        assertThat(lease(call).died()).isFalse();
        pool.pool.cancel(call);
        assertThat(call.outcomes).containsExactly(Outcome.COMPLETED);
        pool.assertIdle();
    }

    @Test
    void aCallThatIsTakenBackNeverRuns() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall running = pool.route("1");
        FakeCall waiting = pool.route("2");
        pool.pool.cancel(waiting);
        pool.pool.cancel(waiting);
        complete(running);
        assertThat(waiting.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(waiting.granted).isEmpty();
        pool.assertIdle();
    }

    @Test
    void everyAttemptIsToldSentRoutedFirstTokenAndCompletedOnce() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall call = pool.route("1");
        lease(call).accepted(-1);
        lease(call).firstToken();
        lease(call).firstToken();
        complete(call);
        assertThat(pool.news()).containsExactly("sent 1 a", "routed 1 a", "first 1 a", "completed 1 a");
    }

    @Test
    void aWholeAnswerIsASignOfAcceptanceAndAFailureIsNone() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        complete(pool.route("1"));
        assertThat(pool.news()).containsExactly("sent 1 a", "routed 1 a", "completed 1 a");
        lease(pool.route("2")).complete(Outcome.CANCELLED);
        assertThat(pool.news()).containsExactly("sent 2 a", "completed 2 a");
    }

    @Test
    void tokensCountFromTheChoiceToTheFirstTokenAndToTheEnd() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 4));
        FakeCall call = pool.route(
                new FakeCall(InferenceRequest.of("1", "m", "chat").withPrompt(new Prompt(100, 64, new long[] {7}))));
        assertThat(pool.pool.candidates().pendingTokens(0)).isEqualTo(100);
        assertThat(pool.pool.candidates().residentTokens(0)).isEqualTo(100);
        lease(call).firstToken();
        assertThat(pool.pool.candidates().pendingTokens(0)).isZero();
        assertThat(pool.pool.candidates().residentTokens(0)).isEqualTo(100);
        complete(call);
        pool.assertIdle();
    }

    @Test
    void asManyWaitAsMayAndTheFirstPassDecidesWhoDoes() {
        PoolFixture pool = PoolFixture.of(PoolSettings.DEFAULTS.withMaxQueued(1), ALL, PoolEndpoint.of("a", 1));
        FakeCall running = pool.route("1");
        FakeCall waiting = pool.route("2");
        FakeCall refused = pool.route("3");
        assertThat(refused.failure()).isEqualTo(FailureKind.BACK_PRESSURE);
        assertThat(refused.outcomes).isEmpty();
        complete(running);
        assertThat(where(waiting)).isEqualTo("a");
        pool.pool.settingsChanged(PoolSettings.DEFAULTS.withMaxQueued(0));
        assertThat(pool.route("4").failure()).isEqualTo(FailureKind.BACK_PRESSURE);
        complete(waiting);
        assertThat(where(pool.route("5"))).isEqualTo("a");
    }

    @Test
    void loweringTheLimitKeepsThoseWhoWait() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall running = pool.route("1");
        FakeCall second = pool.route("2");
        FakeCall third = pool.route("3");
        pool.pool.settingsChanged(PoolSettings.DEFAULTS.withMaxQueued(1));
        assertThat(pool.pool.waiting()).isEqualTo(2);
        assertThat(pool.route("4").failure()).isEqualTo(FailureKind.BACK_PRESSURE);
        complete(running);
        complete(second);
        complete(third);
        pool.assertIdle();
    }

    @Test
    void whoCameFirstIsServedFirstWhateverTheOrderOfArrival() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall running = pool.route("1");
        FakeCall younger = new FakeCall(InferenceRequest.of("young", "m", "chat"));
        younger.createdAt(10);
        FakeCall older = new FakeCall(InferenceRequest.of("old", "m", "chat"));
        older.createdAt(5);
        pool.route(younger);
        pool.route(older);
        complete(running);
        assertThat(older.granted).hasSize(1);
        assertThat(younger.granted).isEmpty();
    }

    @Test
    void noMorePassesAreActiveThanTwicePerEndpoint() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        for (int i = 0; i < 6; i++) {
            pool.route("" + i);
        }
        assertThat(pool.pool.waiting()).isEqualTo(5);
        assertThat(pool.pool.active()).isEqualTo(2);
        pool.pool.settingsChanged(PoolSettings.DEFAULTS.withMaxActive(1));
        assertThat(pool.pool.active()).as("those that run finish").isEqualTo(2);
    }

    @Test
    void withoutEndpointsNothingIsActiveAndCallsWaitUntilOneComes() {
        PoolFixture pool = PoolFixture.of(ALL);
        FakeCall call = pool.route("1");
        assertThat(pool.pool.active()).isZero();
        pool.millis(60_000);
        assertThat(pool.choices).isZero();
        pool.pool.endpointsChanged(List.of(PoolEndpoint.of("a", 1)));
        assertThat(where(call)).isEqualTo("a");
        pool.pool.endpointsChanged(List.of());
        complete(call);
        pool.assertIdle();
    }

    @Test
    void passesFollowAtOnceThenAfterGrowingWaits() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        pool.route("1");
        pool.choices = 0;
        pool.route("2");
        assertThat(pool.choices).isEqualTo(2);
        long[] waits = {25, 50, 100, 200, 400, 500, 500};
        for (int i = 0; i < waits.length; i++) {
            pool.millis(waits[i] - 1);
            assertThat(pool.choices).as("before wait %s", i).isEqualTo(2 + i);
            pool.millis(1);
            assertThat(pool.choices).as("after wait %s", i).isEqualTo(3 + i);
        }
    }

    @Test
    void aLongWaitIsReportedEveryFiftyPasses() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        pool.route("1");
        pool.route("2");
        pool.news();
        pool.millis(60_000);
        assertThat(pool.news()).containsExactly("waits 2 50", "waits 2 100");
    }

    @Test
    void aRouterMayAskToBeCalledAgainEightTimesInAPass() {
        PoolFixture pool =
                PoolFixture.of((candidates, request, ranks) -> ranks.add(0).retryAtOnce(), PoolEndpoint.of("a", 1));
        pool.route("1");
        pool.choices = 0;
        pool.route("2");
        assertThat(pool.choices).isEqualTo(2 * 9);
    }

    @Test
    void aDeadlineEndsAWaitAndOneThatIsPastKeepsTheCallOut() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        pool.route("1");
        FakeCall late = pool.route(new FakeCall(
                InferenceRequest.of("2", "m", "chat").withDeadline(Deadline.after(0, Duration.ofMillis(30)))));
        pool.millis(29);
        assertThat(late.outcomes).isEmpty();
        pool.millis(1);
        assertThat(late.failure()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        FakeCall tooLate = pool.route(new FakeCall(
                InferenceRequest.of("3", "m", "chat").withDeadline(Deadline.after(0, Duration.ofMillis(30)))));
        assertThat(tooLate.decision).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void whatWasReservedIsSentOrGivenBackOnce() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 2));
        FakeCall sent = new FakeCall(InferenceRequest.of("1", "m", "chat"));
        sent.decision = pool.pool.reserve(sent);
        FakeCall released = new FakeCall(InferenceRequest.of("2", "m", "chat"));
        released.decision = pool.pool.reserve(released);
        assertThat(pool.inFlight("a")).isEqualTo(2);
        assertThat(pool.news()).isEmpty();
        assertThat(lease(sent).dispatch()).isTrue();
        assertThatThrownBy(() -> lease(sent).dispatch()).isInstanceOf(IllegalStateException.class);
        assertThat(lease(released).release()).isTrue();
        assertThat(lease(released).release()).isFalse();
        complete(sent);
        assertThat(pool.news()).containsExactly("sent 1 a", "routed 1 a", "completed 1 a");
        pool.assertIdle();
    }

    @Test
    void aReservationWhoseEndpointLeftCannotBeSent() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 2));
        FakeCall call = new FakeCall(InferenceRequest.of("1", "m", "chat"));
        call.decision = pool.pool.reserve(call);
        pool.pool.endpointsChanged(List.of());
        assertThat(lease(call).dispatch()).isFalse();
        assertThat(call.failure()).isEqualTo(FailureKind.NO_BACKEND_AVAILABLE);
    }

    @Test
    void aBroadcastReachesEveryEndpoint() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1), PoolEndpoint.of("b", 1));
        FakeCall running = pool.route("1");
        List<Lease> leases = pool.pool.broadcast(id -> new FakeCall(InferenceRequest.of("to " + id, "m", "chat")));
        assertThat(leases).extracting(lease -> lease.endpoint().value()).containsExactly("a", "b");
        leases.forEach(lease -> lease.complete(Outcome.COMPLETED));
        complete(running);
        pool.assertIdle();
    }

    @Test
    void manyCallsThatEndInTheirCallbackDoNotNest() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall first = pool.route("first");
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < 20_000; i++) {
            pool.pool.route(new Call(InferenceRequest.of("r", "m", "t")) {
                @Override
                protected void granted(Lease lease) {
                    lease.complete(Outcome.COMPLETED);
                }

                @Override
                protected void ended(Outcome outcome) {
                    ended.incrementAndGet();
                }
            });
        }
        complete(first);
        assertThat(ended).hasValue(20_000);
        pool.assertIdle();
    }

    @Test
    void aCallbackThatThrowsDoesNotStopTheGrants() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall rude = pool.route(new FakeCall(InferenceRequest.of("r", "m", "t")) {
            @Override
            protected void ended(Outcome outcome) {
                throw new IllegalStateException("rude");
            }
        });
        FakeCall waiting = pool.route("2");
        assertThatThrownBy(() -> lease(rude).complete(Outcome.COMPLETED)).hasMessage("rude");
        assertThat(waiting.granted).hasSize(1);
    }
}
