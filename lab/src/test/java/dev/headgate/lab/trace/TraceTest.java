package dev.headgate.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TraceTest {
    @Test
    void largerBlocksAreTheSameOnlyAfterTheSameUnits() {
        TraceBuilder builder = new TraceBuilder(16);
        add(builder, 0, 1, 2, 3, 4);
        add(builder, 1, 1, 2, 3, 4);
        add(builder, 2, 1, 9, 3, 4);
        Trace cut = builder.build().cutFor(32);
        assertThat(cut.units(0)).isEqualTo(2);
        assertThat(cut.unit(1, 0)).isEqualTo(cut.unit(0, 0));
        assertThat(cut.unit(1, 1)).isEqualTo(cut.unit(0, 1));
        assertThat(cut.unit(2, 0)).isNotEqualTo(cut.unit(0, 0));
        assertThat(cut.unit(2, 1)).isNotEqualTo(cut.unit(0, 1));
    }

    @Test
    void equalIdsAfterDifferentBeginningsAreDifferentUnits() {
        TraceBuilder builder = new TraceBuilder(16);
        add(builder, 0, 1, 5);
        add(builder, 1, 2, 5);
        Trace trace = builder.build();
        assertThat(trace.unit(0, 1)).isNotEqualTo(trace.unit(1, 1));
    }

    @Test
    void smallerBlocksLeaveTheUnitsAsTheyAre() {
        TraceBuilder builder = new TraceBuilder(512);
        add(builder, 0, 1, 2);
        Trace trace = builder.build();
        assertThat(trace.cutFor(16)).isSameAs(trace);
        assertThatThrownBy(() -> trace.cutFor(48))
                .hasMessage(
                        "blocks of 48 tokens (expected: a size that divides the trace's 512 or is a multiple of it)");
    }

    @Test
    void withATurnGoAllThatWaitForIt() {
        TraceBuilder builder = new TraceBuilder(16);
        add(builder, 0, 1);
        add(builder, Trace.AFTER_ANSWER, 1, 2);
        add(builder, Trace.AFTER_ANSWER, 1, 2, 3);
        add(builder, 5, 9);
        builder.follows(1, 0, 10).follows(2, 1, 10);
        Trace kept = builder.build().keep(r -> r != 1);
        assertThat(kept.size()).isEqualTo(2);
        assertThat(kept.following(0)).isEqualTo(Trace.NONE);
        assertThat(kept.arrival(1)).isEqualTo(5);
    }

    @Test
    void jitterMovesForwardByLessThanTheTickOnlyWhereTimesAreRounded() {
        TraceBuilder rounded = new TraceBuilder(16);
        TraceBuilder exact = new TraceBuilder(16);
        for (int i = 0; i < 60; i++) {
            add(rounded, i / 10 * 3_000_000L, i);
            add(exact, i * 300_000L, i);
        }
        assertThat(Jitter.quantum(exact.build())).isZero();
        Trace before = rounded.build();
        assertThat(Jitter.quantum(before)).isEqualTo(3_000_000);
        Trace after = Jitter.spread(before, 3_000_000, new SplittableRandom(1));
        for (int r = 0; r < before.size(); r++) {
            assertThat(after.arrival(r)).isBetween(before.arrival(r), before.arrival(r) + 2_999_999);
        }
        assertThat(Jitter.distinct(after)).isGreaterThan(55);
    }

    @Test
    void factsCountWhatAnEndlessCacheWouldHold() {
        TraceBuilder builder = new TraceBuilder(16);
        add(builder, 0, 1, 2);
        add(builder, 2_000_000, 1, 2, 3);
        TraceFacts facts = TraceFacts.of(builder.build());
        assertThat(facts.hitCeilingPercent()).isEqualTo(40);
        assertThat(facts.input().mean()).isEqualTo(40);
        assertThat(facts.perSecond()).isEqualTo(1);
    }

    private static void add(TraceBuilder builder, long arrivalMicros, long... ids) {
        builder.add(arrivalMicros, 16 * ids.length, 3);
        for (long id : ids) {
            builder.unit(id);
        }
    }
}
