package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.LeasedBucket.Errand;
import dev.headgate.core.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeasedBucketTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final long START = 1_000_000 * SECOND;

    private int wakes;
    private final LeasedBucket bucket = LeasedBucket.ofRequests(6_000, () -> wakes++, START);

    @Test
    void untilTheLenderHasAnsweredTheShareOfOneMemberHolds() {
        assertThat(bucket.due(10, START)).isNotNull();
        int served = 0;
        while (bucket.tryReserve(1, START) != TokenBucket.REFUSED) {
            served++;
        }

        assertThat(served).isEqualTo(100); // a sixth of a tenth
    }

    @Test
    void onlyWhatWasLentIsSpent() {
        lent(3, START);

        assertThat(bucket.waitNanos(3, START)).isZero();
        assertThat(bucket.tryReserve(3, START)).isNotEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.tryReserve(1, START)).isEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.waitNanos(1, START)).isPositive();
    }

    @Test
    void nextChunkIsAskedForWhenHalfIsSpent() {
        Errand first = lent(20, START);
        assertThat(first.ask()).isEqualTo(20); // 200 ms of 100 a second
        assertThat(bucket.due(1, START)).isNull();
        bucket.tryReserve(10, START);
        assertThat(wakes).isZero();

        bucket.tryReserve(1, START);

        assertThat(wakes).isEqualTo(1);
        assertThat(bucket.due(1, START)).isEqualTo(new Errand(20, 0, List.of()));
        assertThat(bucket.due(1, START)).isNull(); // one at a time
    }

    @Test
    void nextChunkIsAskedForWhenHalfItsTimeIsOver() {
        lent(20, START);

        assertThat(bucket.due(1, START + SECOND / 2 - 1)).isNull();
        assertThat(bucket.due(1, START + SECOND / 2)).isEqualTo(new Errand(20, 0, List.of()));
    }

    @Test
    void whatIsLeftAfterASecondGoesBackAndIsNotSpent() {
        lent(20, START);
        bucket.tryReserve(1, START);

        long later = START + SECOND;
        assertThat(bucket.tryReserve(1, later)).isEqualTo(TokenBucket.REFUSED);
        Errand errand = Objects.requireNonNull(bucket.due(1, later));

        assertThat(errand.returned()).containsExactly(new LeasedBucket.Returned(7, 19));
    }

    @Test
    void demandBeyondAChunkIsAskedForWhole() {
        lent(20, START);
        assertThat(bucket.tryReserve(50, START)).isEqualTo(TokenBucket.REFUSED);
        Errand errand = Objects.requireNonNull(bucket.due(1, START));

        assertThat(errand.ask()).isEqualTo(50);
        bucket.lent(50, 8, START);
        assertThat(bucket.tryReserve(50, START)).isNotEqualTo(TokenBucket.REFUSED);
    }

    @Test
    void unusedGoesBackAndMoreIsADebt() {
        lent(20, START);
        long one = bucket.tryReserve(4, START);
        long other = bucket.tryReserve(4, START);
        bucket.correct(one, 4, 1, START);
        bucket.correct(other, 4, 9, START);
        Errand errand = Objects.requireNonNull(bucket.due(1, START));

        assertThat(errand.debt()).isEqualTo(5);
        assertThat(errand.returned()).containsExactly(new LeasedBucket.Returned(7, 3));
    }

    @Test
    void withoutALenderTheShareHoldsLessWhatWasSpent() {
        lent(20, START);
        bucket.tryReserve(20, START);
        bucket.alone(1, START);
        int served = 0;
        while (bucket.tryReserve(1, START) != TokenBucket.REFUSED) {
            served++;
        }

        assertThat(served).isEqualTo(980);
    }

    @Test
    void fleetOfEightIsNeverOverItsLimit() {
        Seeds.each(60, seed -> {
            Fleet fleet = new Fleet(new SplittableRandom(seed));
            fleet.run();
            fleet.assertNeverOver();
        });
    }

    @Test
    void fleetOfEightUsesWhatItMay() {
        Seeds.each(10, seed -> {
            Fleet fleet = new Fleet(new SplittableRandom(seed), 6_000, 8);
            fleet.run();
            long rest = (Fleet.MILLIS - Fleet.MILLIS / 6) * 6_000L / 60_000;
            assertThat(fleet.spent.stream().mapToLong(Spend::cost).sum()).isGreaterThan(rest * 9 / 10);
        });
    }

    private Errand lent(long amount, long nowNanos) {
        Errand errand = Objects.requireNonNull(bucket.due(1, nowNanos));
        bucket.lent(amount, 7, nowNanos);
        return errand;
    }

    /** Eight processes with a lender some milliseconds away, which send nothing before it has answered them all. */
    private static final class Fleet {
        static final int MEMBERS = 8;
        static final int MILLIS = 20_000;
        final List<Spend> spent = new ArrayList<>();
        private final SplittableRandom random;
        private final long perMinute;
        private final int busy;
        private final List<LeasedBucket> buckets = new ArrayList<>();
        private final FakeLender lender;
        private final PriorityQueue<Event> events = new PriorityQueue<>();

        Fleet(SplittableRandom random) {
            this(random, 6L << random.nextInt(14), 1 + random.nextInt(MEMBERS));
        }

        Fleet(SplittableRandom random, long perMinute, int busy) {
            this.random = random;
            this.perMinute = perMinute;
            this.busy = busy;
            for (int i = 0; i < MEMBERS; i++) {
                buckets.add(LeasedBucket.ofRequests(perMinute, () -> {}, START));
            }
            lender = new FakeLender(perMinute, buckets.get(0).burst());
            buckets.forEach(each -> answer(each, each.due(MEMBERS, START), START));
        }

        void run() {
            for (int milli = 1; milli < MILLIS; milli++) {
                long now = START + milli * MILLI;
                while (!events.isEmpty() && events.peek().atNanos <= now) {
                    events.remove().action.run();
                }
                for (int i = 0; i < MEMBERS; i++) {
                    LeasedBucket bucket = buckets.get(i);
                    int requests = i < busy && milli > 10 ? random.nextInt(1 + (int) (perMinute / 2_000 + 1)) : 0;
                    for (int each = 0; each < requests; each++) {
                        spend(bucket, now);
                    }
                    answer(bucket, bucket.due(MEMBERS, now), now);
                }
            }
        }

        private void spend(LeasedBucket bucket, long now) {
            long stamp = bucket.tryReserve(1, now);
            if (stamp == TokenBucket.REFUSED) {
                return;
            }
            boolean isUnprocessed = random.nextInt(5) == 0;
            if (isUnprocessed) {
                long later = now + random.nextInt(3_000) * MILLI;
                events.add(new Event(later, () -> bucket.correct(stamp, 1, 0, later)));
            } else {
                spent.add(new Spend(now, 1));
            }
        }

        /** The lender does an errand at once or later, and its answer takes a while or is lost. */
        private void answer(LeasedBucket bucket, LeasedBucket.@Nullable Errand errand, long asked) {
            if (errand == null) {
                return;
            }
            long there = asked + random.nextInt(5) * MILLI;
            events.add(new Event(there, () -> {
                long stamp = lender.run(errand, there);
                long wait = lender.waitNanos();
                long back = there + random.nextInt(5) * MILLI;
                events.add(new Event(back, () -> {
                    if (stamp > 0) {
                        bucket.lent(errand.ask(), stamp, asked);
                    } else if (errand.ask() > 0) {
                        bucket.refused(wait, back);
                    }
                }));
            }));
        }

        void assertNeverOver() {
            double unit = 60e9 / perMinute;
            long burst = buckets.get(0).burst();
            // what was spent since any moment, as a bucket sees it that starts empty
            double full = 0;
            long last = START;
            List<Spend> inOrder = new ArrayList<>(spent);
            for (Spend each : inOrder) {
                full = Math.max(0, full - (each.atNanos - last) / unit) + each.cost;
                last = each.atNanos;
                assertThat(full).isLessThanOrEqualTo(burst + 0.001);
            }
        }
    }

    private record Spend(long atNanos, long cost) {}

    private record Event(long atNanos, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return Long.compare(atNanos, other.atNanos);
        }
    }
}
