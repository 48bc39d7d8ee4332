package dev.headgate.core.admit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.testing.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private final WaitingRoom room = new WaitingRoom(0, Map.of("heavy", 2.0));
    private long sequence;

    @Test
    void servesHigherPriorityFirstAndThenByArrival() {
        Ticket low = add("a", "", -1);
        Ticket first = add("a", "", 0);
        Ticket second = add("b", "", 0);
        Ticket high = add("b", "", 5);
        assertThat(drained()).containsExactly(high, first, second, low);
    }

    @Test
    void servesTheTenantWithTheLeastServiceFirst() {
        Ticket first = add("a", "light", 0);
        Ticket second = add("a", "other", 0);
        first.tenant().charge(3);
        second.tenant().charge(1);
        assertThat(drained()).containsExactly(second, first);
    }

    @Test
    void aTenantOfTwiceTheWeightGetsTwiceTheService() {
        for (int i = 0; i < 300; i++) {
            add("a", "heavy", 0);
            add("a", "light", 0);
        }
        int heavy = 0;
        for (int i = 0; i < 300; i++) {
            Ticket served = requireNonNull(room.head());
            served.grant();
            served.tenant().charge(1);
            heavy += served.tenant().name().equals("heavy") ? 1 : 0;
        }
        assertThat(heavy).isBetween(199, 201);
    }

    @Test
    void aPauseIsNoCredit() {
        add("a", "busy", 0).tenant().charge(100);
        Ticket back = add("a", "back", 0);
        assertThat(back.tenant().share()).isEqualTo(100);
    }

    @Test
    void oneThatWaitsAgainKeepsItsPlace() {
        Ticket lost = add("a", "", 0);
        Ticket next = add("a", "", 0);
        lost.grant();
        Ticket again = new TestTicket(room, lost.request(), lost.sequence());
        room.add(again);
        assertThat(drained()).containsExactly(again, next);
    }

    @Test
    void aTicketLeavesOnceAndIsNeverGrantedAfterACancel() {
        Ticket cancelled = add("a", "", 0);
        assertThat(cancelled.cancel()).isTrue();
        assertThat(cancelled.grant()).isFalse();
        Ticket granted = add("a", "", 0);
        assertThat(granted.grant()).isTrue();
        assertThat(granted.grant()).isFalse();
        assertThat(granted.cancel()).isFalse();
        assertThat(room.size()).isZero();
    }

    @Test
    void oneThatNeverHadToWaitLeavesTheRoomAlone() {
        Ticket ticket = new TestTicket(room, InferenceRequest.of("r", "a", "t"), 0);
        assertThat(ticket.grant()).isTrue();
        assertThat(room.size()).isZero();
    }

    @Test
    void sumsTheWaitOfALabel() {
        LabelQueue queue = new LabelQueue("a", 1000);
        Ticket early = new TestTicket(room, InferenceRequest.of("r", "a", "t"), 0, 1100);
        queue.add(early);
        queue.add(new TestTicket(room, InferenceRequest.of("r", "a", "t"), 1, 1300));
        assertThat(queue.totalWaitNanos(1400)).isEqualTo(400);
        queue.remove(early);
        assertThat(queue.totalWaitNanos(1400)).isEqualTo(100);
    }

    @Test
    void keepsTheOrderOfANaiveSortOverAnyHistory() {
        Seeds.each(200, WaitingRoomTest::keepsTheOrderOfANaiveSort);
    }

    private static void keepsTheOrderOfANaiveSort(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        WaitingRoom room = new WaitingRoom(0, Map.of("t1", 0.5, "t2", 3.0));
        List<Ticket> waiting = new ArrayList<>();
        List<Ticket> left = new ArrayList<>();
        int labels = 1 + random.nextInt(4);
        int tenants = 1 + random.nextInt(3);
        int priorities = 1 + random.nextInt(3);
        for (int step = 0; step < 250; step++) {
            int choice = random.nextInt(12);
            if (choice < 6 || waiting.isEmpty()) {
                InferenceRequest request = InferenceRequest.of("r", "label-" + random.nextInt(labels), "t")
                        .asTenant("t" + random.nextInt(tenants), random.nextInt(priorities))
                        .withBodyBytes(random.nextInt(100));
                enter(room, waiting, new TestTicket(room, request, step));
            } else if (choice == 6 && !left.isEmpty()) {
                Ticket before = left.remove(random.nextInt(left.size()));
                enter(room, waiting, new TestTicket(room, before.request(), before.sequence()));
            } else if (choice == 7) {
                Ticket cancelled = waiting.remove(random.nextInt(waiting.size()));
                assertThat(cancelled.cancel()).isTrue();
            } else if (choice < 10) {
                Ticket head = requireNonNull(room.head());
                assertThat(head.grant()).isTrue();
                waiting.remove(head);
                left.add(head);
            } else {
                room.tenant("t" + random.nextInt(tenants)).charge(random.nextInt(5));
            }
            assertLikeASort(room, waiting);
        }
    }

    private static void enter(WaitingRoom room, List<Ticket> waiting, Ticket ticket) {
        room.add(ticket);
        waiting.add(ticket);
    }

    private static void assertLikeASort(WaitingRoom room, List<Ticket> waiting) {
        assertThat(room.head()).isSameAs(firstOf(waiting, null));
        assertThat(room.size()).isEqualTo(waiting.size());
        assertThat(room.bytes())
                .isEqualTo(
                        waiting.stream().mapToLong(t -> t.request().bodyBytes()).sum());
        assertThat(room.waitingLabels().stream().mapToInt(LabelQueue::size).sum())
                .isEqualTo(waiting.size());
        for (LabelQueue queue : room.waitingLabels()) {
            assertThat(queue.first()).isSameAs(firstOf(waiting, queue.label()));
            assertThat(room.waitingFor(queue.label())).isEqualTo(queue.size()).isPositive();
        }
    }

    private static @Nullable Ticket firstOf(List<Ticket> waiting, @Nullable String label) {
        return waiting.stream()
                .filter(t -> label == null || t.request().model().equals(label))
                .min(Comparator.<Ticket>comparingInt(t -> -t.request().priority())
                        .thenComparingDouble(t -> t.tenant().share())
                        .thenComparingLong(Ticket::sequence))
                .orElse(null);
    }

    private Ticket add(String label, String tenant, int priority) {
        Ticket ticket =
                new TestTicket(room, InferenceRequest.of("r", label, "t").asTenant(tenant, priority), sequence++);
        room.add(ticket);
        return ticket;
    }

    private List<Ticket> drained() {
        List<Ticket> served = new ArrayList<>();
        for (Ticket head = room.head(); head != null; head = room.head()) {
            head.grant();
            served.add(head);
        }
        return served;
    }

    private static final class TestTicket extends Ticket {
        private TestTicket(WaitingRoom room, InferenceRequest request, long sequence) {
            this(room, request, sequence, 0);
        }

        private TestTicket(WaitingRoom room, InferenceRequest request, long sequence, long arrivedNanos) {
            super(room, request, sequence, arrivedNanos);
        }
    }
}
