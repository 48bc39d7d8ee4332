package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.testing.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutlierDetectorTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long START = Long.MAX_VALUE - 60 * SECOND; // the ticker wraps within the tests

    private Settings settings = new Settings();
    private OutlierDetector detector = detector(10);

    @Test
    void fiveErrorsInARowEjectForThirtySeconds() {
        OutlierMember member = member(0);
        for (int i = 0; i < 4; i++) {
            assertThat(member.failed(500, START)).isFalse();
        }
        assertThat(member.failed(500, START)).isTrue();
        assertThat(member.isEjected(START)).isTrue();
        assertThat(member.remainingNanos(START + SECOND)).isEqualTo(29 * SECOND);
        assertThat(member.isEjected(START + 30 * SECOND - 1)).isTrue();
        assertThat(member.isEjected(START + 30 * SECOND)).isFalse();
        assertThat(member(1).isEjected(START)).isFalse();
    }

    @Test
    void anyOtherAnswerResetsTheRun() {
        OutlierMember member = member(0);
        for (int i = 0; i < 4; i++) {
            member.failed(500, START);
        }
        member.succeeded();
        assertThat(member.failed(500, START)).isFalse();
    }

    @Test
    void afterAnEjectionARunBeginsAgain() {
        OutlierMember member = member(0);
        eject(member, START);
        member.failed(500, START + SECOND);
        for (int i = 0; i < 4; i++) {
            assertThat(member.failed(500, START + 30 * SECOND)).isFalse();
        }
        assertThat(member.failed(500, START + 30 * SECOND)).isTrue();
    }

    @Test
    void eachEjectionIsABaseLongerUpToTheLongest() {
        OutlierMember member = member(0);
        long now = START;
        for (int count : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10}) {
            eject(member, now);
            assertThat(member.remainingNanos(now)).isEqualTo(count * (30 * SECOND));
            now += member.remainingNanos(now);
        }
    }

    @Test
    void theMultiplierFallsByOneForEachIntervalWithoutEjection() {
        OutlierMember member = member(0);
        eject(member, START);
        eject(member, START + 30 * SECOND);
        long over = START + 90 * SECOND;
        detector.advance(over + 9 * SECOND);
        detector.advance(over + 10 * SECOND);
        eject(member, over + 10 * SECOND);
        assertThat(member.remainingNanos(over + 10 * SECOND)).isEqualTo(60 * SECOND);
        detector.advance(over + 1_000 * SECOND);
        eject(member, over + 1_000 * SECOND);
        assertThat(member.remainingNanos(over + 1_000 * SECOND)).isEqualTo(30 * SECOND);
    }

    @Test
    void noMoreThanTheirShareIsEjected() {
        settings.maxEjectionPercent = 20;
        detector = detector(10);
        eject(member(0), START);
        eject(member(1), START);
        assertThat(ejects(member(2), START)).isFalse();
        assertThat(detector.activeEjections(START)).isEqualTo(2);
        assertThat(detector.ejections()).isEqualTo(2);
        assertThat(detector.overflows()).isEqualTo(1);
        eject(member(2), START + 30 * SECOND);
    }

    @Test
    void tenPercentOfNineIsNobodyUnlessOneAlwaysMayBe() {
        detector = detector(9);
        assertThat(ejects(member(0), START)).isFalse();
        settings.alwaysEjectOne = true;
        detector = detector(9);
        eject(member(0), START);
        assertThat(ejects(member(1), START)).isFalse();
    }

    @Test
    void gatewayErrorsEjectOnlyWhereThatIsEnforced() {
        settings.consecutive5xx = 100;
        detector = detector(10);
        for (int i = 0; i < 5; i++) {
            assertThat(member(0).failed(503, START)).isFalse();
        }
        settings.enforcingGateway = 100;
        detector = detector(10);
        for (int status : new int[] {502, 503, 504, 503}) {
            assertThat(member(0).failed(status, START)).isFalse();
        }
        assertThat(member(0).failed(502, START)).isTrue();
    }

    @Test
    void anErrorThatIsNoGatewayErrorResetsTheirRun() {
        settings.consecutive5xx = 100;
        settings.enforcingGateway = 100;
        detector = detector(10);
        for (int status : new int[] {502, 502, 502, 502, 500, 502}) {
            assertThat(member(0).failed(status, START)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = AttemptFailure.class,
            names = {"NO_TOKEN", "DEADLINE"},
            mode = EnumSource.Mode.EXCLUDE)
    void failuresWithoutAnAnswerCountAsErrors(AttemptFailure failure) {
        for (int i = 0; i < 4; i++) {
            member(0).failed(failure, START);
        }
        assertThat(member(0).failed(failure, START)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = AttemptFailure.class,
            names = {"CONNECT_REFUSED", "CONNECT_TIMEOUT", "FIRST_TOKEN_TIMEOUT", "RESPONSE_TIMEOUT", "TLS_FAILED"})
    void connectFailuresAndTimeoutsAreGatewayErrors(AttemptFailure failure) {
        settings.consecutive5xx = 100;
        settings.enforcingGateway = 100;
        detector = detector(10);
        for (int i = 0; i < 4; i++) {
            member(0).failed(failure, START);
        }
        assertThat(member(0).failed(failure, START)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = AttemptFailure.class,
            names = {"NO_TOKEN", "DEADLINE"})
    void failuresThatSayNothingOfTheEndpointDoNotCount(AttemptFailure failure) {
        for (int i = 0; i < 10; i++) {
            assertThat(member(0).failed(failure, START)).isFalse();
        }
    }

    @Test // 4 of 5 answer all, one half: mean 90, deviation 20, so below 52 is out
    void aSuccessRateFarBelowTheOthersEjects() {
        settings.maxEjectionPercent = 100;
        detector = detector(5);
        answer(member(0), 50, 50);
        for (int i = 1; i < 5; i++) {
            answer(member(i), 100, 0);
        }
        detector.advance(START + 10 * SECOND);
        assertThat(member(0).isEjected(START + 10 * SECOND)).isTrue();
        assertThat(detector.activeEjections(START + 10 * SECOND)).isEqualTo(1);
    }

    @Test
    void aSuccessRateWithinTheDeviationStays() {
        settings.maxEjectionPercent = 100;
        detector = detector(5);
        answer(member(0), 50, 50);
        answer(member(1), 60, 40);
        for (int i = 2; i < 5; i++) {
            answer(member(i), 100, 0);
        }
        detector.advance(START + 10 * SECOND);
        assertThat(detector.activeEjections(START + 10 * SECOND)).isZero();
    }

    @Test
    void successRatesNeedEnoughHostsWithEnoughRequests() {
        settings.maxEjectionPercent = 100;
        detector = detector(5);
        answer(member(0), 50, 50);
        for (int i = 1; i < 4; i++) {
            answer(member(i), 100, 0);
        }
        answer(member(4), 99, 0);
        detector.advance(START + 10 * SECOND);
        assertThat(detector.activeEjections(START + 10 * SECOND)).isZero();
    }

    @Test
    void eachIntervalIsJudgedByItself() {
        settings.maxEjectionPercent = 100;
        detector = detector(5);
        answer(member(0), 50, 50);
        detector.advance(START + 10 * SECOND);
        for (int i = 1; i < 5; i++) {
            answer(member(i), 100, 0);
        }
        detector.advance(START + 20 * SECOND);
        assertThat(detector.activeEjections(START + 20 * SECOND)).isZero();
    }

    @Test
    void aFailurePercentageEjectsOnlyWhereThatIsEnforced() {
        settings.maxEjectionPercent = 100;
        settings.successRateMinRequests = 1_000;
        settings.consecutive5xx = 1_000;
        detector = detector(5);
        failMostly(detector);
        assertThat(detector.activeEjections(START + 10 * SECOND)).isZero();
        settings.enforcingFailurePercentage = 100;
        detector = detector(5);
        failMostly(detector);
        assertThat(member(0).isEjected(START + 10 * SECOND)).isTrue();
        assertThat(detector.activeEjections(START + 10 * SECOND)).isEqualTo(1);
    }

    @Test
    void belowThePanicThresholdEjectionIsIgnored() {
        settings.maxEjectionPercent = 100;
        detector = detector(4);
        eject(member(0), START);
        eject(member(1), START);
        assertThat(detector.isPanicking(START)).isFalse();
        assertThat(member(0).isEjected(START)).isTrue();
        eject(member(2), START + 5 * SECOND);
        assertThat(detector.isPanicking(START + 5 * SECOND)).isTrue();
        assertThat(member(0).isEjected(START + 5 * SECOND)).isFalse();
        assertThat(member(0).remainingNanos(START + 5 * SECOND)).isEqualTo(25 * SECOND);
        assertThat(detector.isPanicking(START + 30 * SECOND)).isFalse();
        assertThat(member(2).isEjected(START + 30 * SECOND)).isTrue();
    }

    @Test
    void whoStaysKeepsItsStateAndWhoLeftIsForgotten() {
        settings.maxEjectionPercent = 100;
        detector = detector(3);
        eject(member(0), START);
        OutlierMember left = member(1);
        detector.changed(List.of(id(0), id(3)));
        assertThat(member(0).isEjected(START)).isTrue();
        assertThat(ejects(left, START)).isFalse();
        assertThat(ejects(member(1), START)).isFalse();
        assertThat(detector.activeEjections(START)).isEqualTo(1);
    }

    @Test
    void advanceTellsWhenTheNextIntervalHasPassed() {
        assertThat(detector.advance(START)).isEqualTo(START + 10 * SECOND);
        assertThat(detector.advance(START + 35 * SECOND)).isEqualTo(START + 40 * SECOND);
    }

    @Test
    void manyThreadsEjectNoMoreThanTheShare() {
        settings.maxEjectionPercent = 30;
        detector = detector(10);
        AtomicInteger ejected = new AtomicInteger();
        Threads.run(8, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 2_000; i++) {
                if (member(random.nextInt(10)).failed(500, START)) {
                    ejected.incrementAndGet();
                }
            }
        });
        assertThat(ejected.get()).isEqualTo(3);
        assertThat(detector.activeEjections(START)).isEqualTo(3);
    }

    @Test
    void theDefaultsAreThoseOfTheContract() {
        assertThat(OutlierSettings.DEFAULTS).isEqualTo(new Settings().build());
    }

    private void failMostly(OutlierDetector failing) {
        for (int i = 0; i < 5; i++) {
            answer(failing.member(id(i)), i == 0 ? 7 : 50, i == 0 ? 43 : 0);
        }
        failing.advance(START + 10 * SECOND);
    }

    /** Successes last, in fours, so that no run of errors ejects. */
    private static void answer(OutlierMember member, int successes, int errors) {
        int left = successes;
        for (int i = 0; i < errors; i++) {
            if (i % 4 == 3 && left > 0) {
                member.succeeded();
                left--;
            }
            member.failed(500, START);
        }
        for (int i = 0; i < left; i++) {
            member.succeeded();
        }
    }

    private static void eject(OutlierMember member, long now) {
        assertThat(ejects(member, now)).isTrue();
    }

    private static boolean ejects(OutlierMember member, long now) {
        boolean ejected = false;
        for (int i = 0; i < 5; i++) {
            ejected |= member.failed(500, now);
        }
        return ejected;
    }

    private OutlierMember member(int i) {
        return detector.member(id(i));
    }

    private OutlierDetector detector(int endpoints) {
        OutlierDetector created = new OutlierDetector(settings.build(), () -> new Random(1), START);
        created.changed(
                IntStream.range(0, endpoints).mapToObj(OutlierDetectorTest::id).toList());
        return created;
    }

    private static EndpointId id(int i) {
        return new EndpointId("e" + i);
    }

    private static final class Settings {
        private int consecutive5xx = 5;
        private double enforcingGateway;
        private double maxEjectionPercent = 10;
        private boolean alwaysEjectOne;
        private int successRateMinRequests = 100;
        private double enforcingFailurePercentage;

        OutlierSettings build() {
            return new OutlierSettings(
                    Duration.ofSeconds(10),
                    consecutive5xx,
                    5,
                    enforcingGateway,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(300),
                    maxEjectionPercent,
                    alwaysEjectOne,
                    1.9,
                    5,
                    successRateMinRequests,
                    85,
                    enforcingFailurePercentage,
                    50);
        }
    }
}
