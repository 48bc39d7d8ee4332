package dev.headgate.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdapterSlotsTest {
    private final Clock clock = new Clock();
    private final List<Integer> ready = new ArrayList<>();
    private final AdapterSlots slots = new AdapterSlots(2, clock, ready::add);

    @Test
    void aRequestWaitsForItsAdapterAndTheNextOneDoesNot() {
        slots.enter(1, "a");
        assertThat(ready).isEmpty();
        assertThat(slots.heldBack()).isEqualTo(1);
        runUntilIdle();
        slots.enter(2, "a");
        assertThat(ready).containsExactly(1, 2);
        assertThat(slots.heldBack()).isZero();
        assertThat(clock.micros()).isBetween(300_000L, 1_500_000L);
    }

    @Test
    void withoutASlotRequestsWaitInOrderUntilAnAdapterIsUnused() {
        slots.enter(1, "a");
        slots.enter(2, "b");
        slots.enter(3, "c");
        slots.enter(4, "d");
        runUntilIdle();
        assertThat(ready).containsExactlyInAnyOrder(1, 2);
        slots.leave("b");
        runUntilIdle();
        assertThat(ready).endsWith(3).hasSize(3);
        assertThat(slots.loaded()).containsExactly("a", "c");
    }

    @Test
    void theAdapterUsedLongestAgoGoesFirst() {
        slots.enter(1, "a");
        slots.enter(2, "b");
        runUntilIdle();
        slots.leave("a");
        slots.leave("b");
        slots.enter(3, "a");
        slots.leave("a");
        slots.enter(4, "c");
        runUntilIdle();
        assertThat(slots.loaded()).containsExactly("a", "c");
    }

    @Test
    void whatIsHeldBackIsLostWithTheEngine() {
        slots.enter(1, "a");
        slots.enter(2, "b");
        slots.enter(3, "c");
        assertThat(slots.clear()).containsExactlyInAnyOrder(1, 2, 3);
        runUntilIdle();
        assertThat(ready).isEmpty();
        assertThat(slots.heldBack()).isZero();
    }

    private void runUntilIdle() {
        while (clock.next().isPresent()) {
            clock.advance(clock.next().getAsLong());
        }
    }
}
