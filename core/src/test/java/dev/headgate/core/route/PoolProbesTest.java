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
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Endpoints that are asked how many requests they have, and may reject (routing.md §3). */
class PoolProbesTest {
    @Test
    void newEndpointsAreAskedAndTheShortestAnswerGetsTheCall() {
        PoolFixture pool = PoolFixture.of(ALL, asked("a", 10), asked("b", 10));
        assertThat(pool.news()).containsExactly("probe a", "probe b");
        FakeCall call = pool.route("1");
        assertThat(call.decision).isEqualTo(Decision.WAITING);
        assertThat(pool.news()).as("it joins the probes in flight").isEmpty();
        pool.answer("a", 4);
        assertThat(isAssigned(call)).isFalse();
        pool.answer("b", 3);
        assertThat(where(call)).isEqualTo("b");
        assertThat(call.granted).hasSize(1);
        assertThat(pool.queueLength("b")).isEqualTo(4);
    }

    @Test
    void aKnownLengthWithRoomIsUsedAtOnceAndTheOthersAreAskedInTheBackground() {
        PoolFixture pool = known("a", 3, "b", 10, "c", 5);
        FakeCall call = pool.route("1");
        assertThat(where(call)).isEqualTo("a");
        assertThat(pool.news()).containsExactly("sent 1 a", "probe b");
    }

    @Test
    void equalLengthsGoToTheFirstInTheRank() {
        PoolFixture pool = PoolFixture.of(
                (candidates, request, ranks) -> ranks.add(2).add(1).add(0),
                asked("a", 10),
                asked("b", 10),
                asked("c", 10));
        for (String id : List.of("a", "b", "c")) {
            pool.answer(id, 1);
        }
        assertThat(where(pool.route("1"))).isEqualTo("c");
        assertThat(where(pool.route("2"))).isEqualTo("b");
    }

    @Test
    void aRankWithoutRoomIsFollowedByTheNextWhoseProbeMayTakeTwiceAsLong() {
        PoolFixture pool = PoolFixture.of(ONE_BY_ONE, asked("a", 10), asked("b", 10));
        pool.answer("a", 10);
        pool.answer("b", 10);
        pool.news();
        pool.probeNanos.clear();
        FakeCall call = pool.route("1");
        assertThat(pool.news()).containsExactly("probe a");
        pool.answer("a", 10);
        assertThat(pool.news()).containsExactly("length a 10", "probe b");
        pool.answer("b", 9);
        assertThat(where(call)).isEqualTo("b");
        assertThat(pool.probeNanos).containsExactly(100_000_000L, 200_000_000L);
    }

    @Test
    void theTimeForProbesDoublesPerRankUpToItsMaximum() {
        PoolSettings.ProbeLimits limits = PoolSettings.DEFAULTS.probe();
        assertThat(limits.nanosAfter(3)).isEqualTo(800_000_000L);
        assertThat(limits.nanosAfter(4)).isEqualTo(1_000_000_000L);
        assertThat(limits.nanosAfter(10_000)).isEqualTo(1_000_000_000L);
        assertThat(new PoolSettings.ProbeLimits(Duration.ofMillis(100), Duration.ofMillis(10)).nanosAfter(7))
                .isEqualTo(100_000_000L);
    }

    @Test
    void aProbeIsCancelledAtItsDeadlineAndCountsAsNoAnswer() {
        PoolFixture pool = PoolFixture.of(ALL, asked("a", 10), asked("b", 10));
        FakeCall call = pool.route("1");
        pool.answer("b", 9);
        pool.news();
        pool.millis(99);
        assertThat(isAssigned(call)).isFalse();
        pool.millis(1);
        assertThat(where(call)).isEqualTo("b");
        assertThat(pool.news()).containsExactly("cancel a", "sent 1 b");
        pool.answer("a", 0);
        assertThat(pool.queueLength("a")).as("a late answer is ignored").isEqualTo(-1);
    }

    @Test
    void lengthsAreForgottenAfterTenSecondsAndNotBefore() {
        PoolFixture pool = known("a", 3, "b", 4, "c", 5);
        pool.millis(10_000);
        assertThat(pool.queueLength("a")).isEqualTo(3);
        pool.advance(Duration.ofNanos(1));
        assertThat(pool.queueLength("a")).isEqualTo(-1);
    }

    @Test
    void aCompletionShortensTheLengthAndKeepsItsAge() {
        PoolFixture pool = known("a", 3, "b", 9, "c", 9);
        FakeCall call = pool.route("1");
        assertThat(pool.queueLength("a")).isEqualTo(4);
        pool.millis(9_000);
        complete(call);
        assertThat(pool.queueLength("a")).isEqualTo(3);
        pool.millis(1_001);
        assertThat(pool.queueLength("a")).isEqualTo(-1);
    }

    @Test
    void anEndpointThatDiesIsNeverAskedAgainAndOneThatIsUnavailableIs() {
        PoolFixture pool = PoolFixture.of(ALL, asked("a", 10), asked("b", 10));
        FakeCall call = pool.route("1");
        pool.pool.signals().probeDied(new EndpointId("a"));
        pool.pool.signals().probeUnavailable(new EndpointId("b"));
        assertThat(pool.news()).containsExactly("probe a", "probe b", "died a", "unavailable b", "probe b");
        pool.pool.endpointsChanged(List.of(asked("a", 10), asked("b", 10)));
        assertThat(pool.pool.candidates().size()).isEqualTo(1);
        pool.answer("b", 0);
        assertThat(where(call)).isEqualTo("b");
        pool.pool.endpointsChanged(List.of(asked("b", 10)));
        pool.pool.endpointsChanged(List.of(asked("a", 10), asked("b", 10)));
        assertThat(pool.pool.candidates().size())
                .as("gone and back is another one")
                .isEqualTo(2);
    }

    @Test
    void aCallThatIsTakenBackForgetsItsProbesButNotThoseOfOthers() {
        PoolFixture pool = known("a", 10, "b", 10);
        FakeCall first = pool.route("1");
        FakeCall second = pool.route("2");
        pool.pool.cancel(first);
        assertThat(pool.news()).containsExactly("probe a", "probe b");
        pool.pool.cancel(second);
        assertThat(pool.news()).containsExactly("cancel a", "cancel b");
        pool.millis(60_000);
        assertThat(pool.news()).isEmpty();
        pool.assertIdle();
    }

    @Test
    void aRejectedAttemptTellsTheTrueLengthAndIsChosenForAgain() {
        PoolFixture pool = known("a", 3, "b", 4);
        FakeCall call = pool.route("1");
        pool.news();
        assertThat(lease(call).rejected(10)).isTrue();
        assertThat(where(call)).isEqualTo("b");
        assertThat(call.granted).hasSize(1);
        assertThat(call.attempt()).isEqualTo(2);
        assertThat(pool.queueLength("a")).isEqualTo(10);
        assertThat(pool.news()).containsExactly("completed 1 a", "length a 10", "sent 1 b", "probe a");
        complete(call);
        pool.assertIdle();
    }

    @Test
    void anAcceptedAttemptIsRoutedOnceAndItsLengthIsKept() {
        PoolFixture pool = known("a", 3, "b", 4);
        FakeCall call = pool.route("1");
        pool.news();
        lease(call).accepted(7);
        lease(call).accepted(7);
        assertThat(pool.queueLength("a")).isEqualTo(7);
        assertThat(pool.news()).containsExactly("length a 7", "routed 1 a", "length a 7");
    }

    @Test
    void anEndpointThatCannotRejectDoesNot() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 1));
        FakeCall call = pool.route("1");
        assertThat(lease(call).rejected(3)).isFalse();
        assertThat(isAssigned(call)).isTrue();
    }

    @Test
    void oneThatRejectsThoughItHasRoomIsAskedEverMoreSlowly() {
        PoolFixture pool = PoolFixture.of(ALL, PoolEndpoint.of("a", 10).rejecting());
        FakeCall call = pool.route("1");
        int attempts = 0;
        for (int i = 0; i < 1_000; i++) {
            if (isAssigned(call)) {
                attempts++;
                lease(call).rejected(0);
            }
            pool.millis(10);
        }
        assertThat(attempts).isBetween(20, 30);
    }

    @Test
    void anEndpointThatDiesUnderAnAttemptIsDroppedAndTheCallGoesElsewhere() {
        PoolFixture pool = known("a", 3, "b", 4);
        FakeCall call = pool.route("1");
        assertThat(lease(call).died()).isTrue();
        assertThat(where(call)).isEqualTo("b");
        assertThat(pool.pool.candidates().size()).isEqualTo(1);
        lease(call).firstToken();
        assertThat(lease(call).unavailable()).isTrue();
        assertThat(call.failure()).as("the caller has seen a token").isEqualTo(FailureKind.STREAM_INTERRUPTED);
        pool.assertIdle();
    }

    @Test
    void withoutAPlaceToWaitAnUnknownPoolRefusesAndAsksForTheNextCall() {
        PoolFixture pool = known(PoolSettings.DEFAULTS.withMaxQueued(0), "a", 3);
        pool.millis(10_001);
        assertThat(pool.route("1").failure()).isEqualTo(FailureKind.BACK_PRESSURE);
        pool.answer("a", 3);
        assertThat(where(pool.route("2"))).isEqualTo("a");
    }

    @Test
    void aSlotThatIsFreeAgainEndsAWait() {
        PoolFixture pool = known("a", 9);
        FakeCall running = pool.route("1");
        FakeCall waiting = pool.route("2");
        for (int i = 0; i < 12; i++) {
            pool.pool.signals().probeAnswered(new EndpointId("a"), 10);
            pool.millis(50);
        }
        assertThat(isAssigned(waiting)).isFalse();
        pool.answer("a", 10);
        complete(running);
        assertThat(where(waiting)).isEqualTo("a");
    }

    @Test
    void withFifoTheOldestGetsWhatAYoungersPassFound() {
        PoolFixture pool = known(PoolSettings.DEFAULTS.withFifo(Fifo.ANY), "a", 9);
        PoolFixture.complete(pool.route("0"));
        FakeCall running = pool.route("1");
        FakeCall younger = new FakeCall(InferenceRequest.of("2", "m", "chat"));
        younger.createdAt(7);
        FakeCall older = new FakeCall(InferenceRequest.of("3", "m", "chat"));
        older.createdAt(5);
        pool.route(younger);
        pool.route(older);
        complete(running);
        pool.answer("a", 9);
        assertThat(isAssigned(older)).isTrue();
        assertThat(isAssigned(younger)).isFalse();
    }

    /** A pool whose endpoints, for ten requests each, have said how many they have. */
    private static PoolFixture known(Object... lengths) {
        return known(PoolSettings.DEFAULTS, lengths);
    }

    private static PoolFixture known(PoolSettings settings, Object... lengths) {
        PoolEndpoint[] endpoints = new PoolEndpoint[lengths.length / 2];
        for (int i = 0; i < endpoints.length; i++) {
            endpoints[i] = asked(lengths[2 * i].toString(), 10);
        }
        PoolFixture pool = PoolFixture.of(settings, ALL, endpoints);
        for (int i = 0; i < endpoints.length; i++) {
            pool.answer(endpoints[i].id().value(), (Integer) lengths[2 * i + 1]);
        }
        pool.news();
        return pool;
    }
}
