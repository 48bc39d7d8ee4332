package dev.headgate.lab.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The targets of dispatch.md §15 in simulated time, as means over 20 seeds. */
class DispatchTargetsTest {
    private static final DispatchWorkload RUN_A = Presets.named("seed-over-capacity");
    private static final DispatchWorkload POOL = Presets.named("pool-16x4x200");

    @Test
    void theBaselinesOfRunAAreThoseThatWerePublished() {
        DispatchComparison.Summary seed = Runs.means(RUN_A, "seed");
        assertThat(seed.misses()).isCloseTo(595, within(0.05 * 595));
        assertThat(seed.runtimeSeconds()).isCloseTo(0.184, within(0.05 * 0.184));
        DispatchComparison.Summary random = Runs.means(RUN_A, "random");
        assertThat(random.misses()).isCloseTo(1434, within(0.05 * 1434));
        assertThat(random.runtimeSeconds()).isCloseTo(0.3215, within(0.05 * 0.3215));
    }

    @Test
    void runAMissesNoMoreThanAnyPolicyWithoutLookaheadMust() {
        DispatchComparison.Summary late = Runs.means(RUN_A, "late");
        assertThat(late.misses()).isLessThanOrEqualTo(490);
        assertThat(late.runtimeSeconds()).isLessThanOrEqualTo(0.168);
    }

    @Test
    void runALearnsWhatIsPopular() {
        DispatchComparison.Summary late = Runs.means(RUN_A.toBuilder().zipf(1.0).build(), "late");
        assertThat(late.misses()).isLessThanOrEqualTo(265);
        assertThat(late.runtimeSeconds()).isLessThanOrEqualTo(0.132);
    }

    @Test
    void runBLoadsEachModelAboutOnce() {
        DispatchComparison.Summary late = Runs.means(Presets.named("seed-at-capacity"), "late");
        assertThat(late.misses()).isLessThanOrEqualTo(6);
        assertThat(late.runtimeSeconds()).isLessThanOrEqualTo(0.041);
        assertThat(late.endToEnd().p99()).isLessThanOrEqualTo(0.075);
    }

    @Test
    void saturatedWithFiveLabelsItServesSeveralTimesWhatTheSeedServes() {
        DispatchWorkload saturated = Presets.named("saturated-5");
        DispatchComparison.Summary late = Runs.means(saturated, "late");
        assertThat(late.perSecond()).isGreaterThanOrEqualTo(23.5);
        assertThat(late.perSecond())
                .isGreaterThanOrEqualTo(3.4 * Runs.means(saturated, "seed").perSecond());
        assertThat(late.misses()).isLessThanOrEqualTo(0.10 * saturated.requests());
        assertThat(late.endToEnd().p99()).isLessThanOrEqualTo(1.0);
    }

    @Test
    void saturatedWithOverlapItServesMoreStill() {
        DispatchComparison.Summary late = Runs.means(
                Presets.named("saturated-5").toBuilder().overlap(true).build(), "late");
        assertThat(late.perSecond()).isGreaterThanOrEqualTo(27);
        assertThat(late.endToEnd().mean()).isLessThanOrEqualTo(0.29);
    }

    @Test
    void saturatedWithFourLabelsItRunsWithoutLoads() {
        DispatchWorkload saturated = Presets.named("saturated-4");
        DispatchComparison.Summary late = Runs.means(saturated, "late");
        assertThat(late.perSecond()).isGreaterThanOrEqualTo(45);
        assertThat(late.perSecond())
                .isGreaterThanOrEqualTo(5.5 * Runs.means(saturated, "seed").perSecond());
    }

    @Test
    void aPoolOfSixteenServesEightyPerSecond() {
        DispatchComparison.Summary late = Runs.means(POOL, "late");
        assertThat(late.misses()).isLessThanOrEqualTo(0.24 * POOL.requests());
        assertThat(late.endToEnd().mean()).isLessThanOrEqualTo(0.25);
        assertThat(late.endToEnd().p99()).isLessThanOrEqualTo(0.65);
    }

    @Test
    void aPoolOfSixteenIsStableAtHalfAsMuchAgain() {
        DispatchComparison.Summary late = Runs.means(POOL.toBuilder().rate(120).build(), "late");
        assertThat(late.perSecond()).isGreaterThan(118);
        assertThat(late.endToEnd().mean()).isLessThanOrEqualTo(0.40);
        assertThat(late.endToEnd().p99()).isLessThanOrEqualTo(1.6);
    }

    @Test
    void aPoolThatLoadsWhileItRunsIsFasterStill() {
        DispatchComparison.Summary late =
                Runs.means(POOL.toBuilder().overlap(true).build(), "late");
        assertThat(late.endToEnd().mean()).isLessThanOrEqualTo(0.16);
    }

    @Test
    void aPoolFollowsWhatIsPopularAtTheMoment() {
        DispatchComparison.Summary late = Runs.means(
                POOL.toBuilder().rate(60).rotateEvery(1500).rotateBy(7).build(), "late");
        assertThat(late.endToEnd().mean()).isLessThanOrEqualTo(0.25);
    }
}
