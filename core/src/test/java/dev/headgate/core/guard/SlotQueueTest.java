package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.testing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotQueueTest {
    private static final Duration MAX_WAIT = Duration.ofSeconds(2);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SlotQueue<String> queue = new SlotQueue<>(3, MAX_WAIT);

    @Test
    void higherPriorityGoesFirstAndEqualsInTheOrderOfArrival() {
        queue.offer("a", 0, 0);
        queue.offer("b", 1, 0);
        queue.offer("c", 0, 0);
        assertThat(List.of(queue.poll(0), queue.poll(0), queue.poll(0))).containsExactly("b", "a", "c");
        assertThat(queue.poll(0)).isNull();
    }

    @Test
    void aFullQueueRefusesAnEqual() {
        fill();
        assertThat(queue.offer("d", 0, 0)).isEqualTo("d");
        assertThat(queue.size()).isEqualTo(3);
    }

    @Test
    void higherPriorityDisplacesTheYoungestOfTheLowest() {
        fill();
        assertThat(queue.offer("d", 2, 0)).isEqualTo("c");
        assertThat(queue.offer("e", 1, 0)).isEqualTo("b");
        assertThat(List.of(queue.poll(0), queue.poll(0), queue.poll(0))).containsExactly("d", "e", "a");
    }

    @Test
    void negativePriorityNeverWaits() {
        assertThat(queue.offer("a", -1, 0)).isEqualTo("a");
        assertThat(queue.size()).isZero();
    }

    @Test
    void aQueueOfNoSizeRefusesAll() {
        SlotQueue<String> none = new SlotQueue<>(0, MAX_WAIT);
        assertThat(none.offer("a", 7, 0)).isEqualTo("a");
        assertThat(none.poll(0)).isNull();
    }

    @Test
    void whoHasWaitedTooLongComesOutOldestFirstAndIsNotServed() {
        queue.offer("a", 0, 0);
        queue.offer("b", 5, SECOND);
        assertThat(queue.nextExpiryNanos()).isEqualTo(OptionalLong.of(2 * SECOND));
        assertThat(queue.expired(2 * SECOND - 1)).isEmpty();
        assertThat(queue.expired(2 * SECOND)).containsExactly("a");
        assertThat(queue.poll(3 * SECOND)).isNull();
        assertThat(queue.expired(3 * SECOND)).containsExactly("b");
        assertThat(queue.nextExpiryNanos()).isEmpty();
    }

    @Test
    void whoWentAwayIsNotServed() {
        fill();
        assertThat(queue.remove("a")).isTrue();
        assertThat(queue.remove("a")).isFalse();
        assertThat(queue.poll(0)).isEqualTo("b");
    }

    @Test
    void waitingTwiceIsABrokenContract() {
        queue.offer("a", 0, 0);
        assertThatThrownBy(() -> queue.offer("a", 0, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void whoCameOutForNothingGoesBackToItsPlaceAndWaitsNoLonger() {
        queue.offer("a", 0, 0);
        queue.offer("b", 0, SECOND / 2);
        queue.poll(SECOND);
        queue.offer("c", 0, SECOND);
        assertThat(queue.offerAgain("a", 0, 0, SECOND)).isNull();
        assertThat(queue.nextExpiryNanos()).isEqualTo(OptionalLong.of(2 * SECOND));
        assertThat(queue.poll(SECOND)).isEqualTo("a");
        assertThat(queue.offerAgain("a", 0, 0, 2 * SECOND + 1)).isEqualTo("a");
    }

    @Test
    void whoGoesBackDisplacesAYoungerEqual() {
        queue.offer("a", 0, 0);
        queue.poll(0);
        for (String waiter : List.of("b", "c", "d")) {
            queue.offer(waiter, 0, 1);
        }
        assertThat(queue.offerAgain("a", 0, 0, 1)).isEqualTo("d");
    }

    @Test
    void theEstimateIsThoseAheadTimesAServiceOverTheSlots() {
        queue.served(20 * SECOND);
        fill();
        assertThat(queue.retryAfterSeconds(0, 8)).isEqualTo(8);
        assertThat(queue.retryAfterSeconds(-1, 2)).isEqualTo(30);
        assertThat(queue.retryAfterSeconds(1, 2)).isEqualTo(1);
    }

    @Test
    void theEstimateIsBetweenOneAndFiftyNineSeconds() {
        assertThat(queue.retryAfterSeconds(0, 0)).isEqualTo(1);
        queue.served(1_000 * SECOND);
        fill();
        assertThat(queue.retryAfterSeconds(0, 0)).isEqualTo(59);
    }

    @Test
    void anyHistoryIsThatOfASortedListWithALimit() {
        Seeds.each(200, seed -> {
            Random random = new Random(seed);
            SlotQueue<Integer> tested = new SlotQueue<>(4, MAX_WAIT);
            List<Waiting> model = new ArrayList<>();
            long now = 0;
            for (int step = 0; step < 200; step++) {
                now += random.nextInt(3) * SECOND / 2;
                long at = now;
                switch (random.nextInt(4)) {
                    case 0 -> assertThat(tested.poll(now)).isEqualTo(poll(model, now));
                    case 1 -> {
                        List<Integer> over = model.stream()
                                .filter(waiting -> waiting.isOver(at))
                                .map(Waiting::id)
                                .sorted()
                                .toList();
                        assertThat(tested.expired(now)).isEqualTo(over);
                        model.removeIf(waiting -> waiting.isOver(at));
                    }
                    default -> {
                        int priority = random.nextInt(4) - 1;
                        assertThat(tested.offer(step, priority, now)).isEqualTo(offer(model, step, priority, now));
                    }
                }
                assertThat(tested.size()).isEqualTo(model.size()).isLessThanOrEqualTo(4);
            }
        });
    }

    private void fill() {
        queue.offer("a", 0, 0);
        queue.offer("b", 0, 0);
        queue.offer("c", 0, 0);
    }

    private static @Nullable Integer poll(List<Waiting> model, long now) {
        for (Waiting waiting : model) {
            if (!waiting.isOver(now)) {
                model.remove(waiting);
                return waiting.id;
            }
        }
        return null;
    }

    private static @Nullable Integer offer(List<Waiting> model, int id, int priority, long now) {
        if (priority < 0) {
            return id;
        }
        Integer displaced = null;
        if (model.size() == 4) {
            Waiting last = model.get(3);
            if (priority <= last.priority) {
                return id;
            }
            displaced = model.remove(3).id;
        }
        model.add(new Waiting(id, priority, now));
        model.sort(
                Comparator.comparingInt((Waiting waiting) -> -waiting.priority).thenComparingInt(Waiting::id));
        return displaced;
    }

    private record Waiting(int id, int priority, long sinceNanos) {
        boolean isOver(long now) {
            return now - sinceNanos >= MAX_WAIT.toNanos();
        }
    }
}
