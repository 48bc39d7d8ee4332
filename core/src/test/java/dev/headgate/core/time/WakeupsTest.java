package dev.headgate.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WakeupsTest {
    private final Wakeups wakeups = new Wakeups();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsEqualMomentsInTheOrderInWhichTheyWereSet() {
        wakeups.at(5, () -> ran.add("first"));
        wakeups.at(5, () -> ran.add("second"));
        wakeups.at(4, () -> ran.add("earlier"));
        assertThat(wakeups.advance(5)).isEqualTo(3);
        assertThat(ran).containsExactly("earlier", "first", "second");
    }

    @Test
    void runsWhatAnEventSetsForTheSameMoment() {
        wakeups.at(5, () -> wakeups.at(5, () -> ran.add("inner")));
        assertThat(wakeups.advance(5)).isEqualTo(2);
        assertThat(ran).containsExactly("inner");
    }

    @Test
    void doesNotRunWhatAnEventOfTheSameMomentTookBack() {
        List<Wakeups.Wakeup> later = new ArrayList<>();
        wakeups.at(5, () -> later.get(0).cancel());
        later.add(wakeups.at(5, () -> ran.add("never")));
        assertThat(wakeups.advance(9)).isEqualTo(1);
        assertThat(ran).isEmpty();
    }

    @Test
    void takingBackTwiceOrAfterTheRunChangesNothing() {
        Wakeups.Wakeup gone = wakeups.at(1, () -> ran.add("gone"));
        Wakeups.Wakeup cancelled = wakeups.at(2, () -> ran.add("never"));
        wakeups.at(3, () -> ran.add("kept"));
        wakeups.advance(1);
        gone.cancel();
        cancelled.cancel();
        cancelled.cancel();
        assertThat(wakeups.size()).isEqualTo(1);
        wakeups.advance(3);
        assertThat(ran).containsExactly("gone", "kept");
    }

    @Test
    void actsLikeASortedListWhateverTheClockReads() {
        Seeds.each(300, seed -> actsLikeASortedList(new SplittableRandom(seed)));
    }

    private static void actsLikeASortedList(SplittableRandom random) {
        // Every other history starts just before the ticker wraps.
        long origin = random.nextBoolean() ? Long.MAX_VALUE - random.nextInt(500) : random.nextLong();
        Wakeups wakeups = new Wakeups();
        List<Modelled> model = new ArrayList<>();
        List<Integer> ran = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        long now = origin;
        for (int step = 0; step < 200; step++) {
            int choice = random.nextInt(10);
            if (choice < 6) {
                int id = step;
                long at = now + random.nextInt(100);
                model.add(new Modelled(at, id, wakeups.at(at, () -> ran.add(id))));
            } else if (choice < 8 && !model.isEmpty()) {
                model.remove(random.nextInt(model.size())).wakeup.cancel();
            } else {
                now += random.nextInt(60);
                wakeups.advance(now);
                expectDue(model, now, expected);
            }
            assertThat(ran).isEqualTo(expected);
            assertThat(wakeups.size()).isEqualTo(model.size());
        }
        now += 1000;
        wakeups.advance(now);
        expectDue(model, now, expected);
        assertThat(ran).isEqualTo(expected);
        assertThat(wakeups.next()).isEmpty();
    }

    private static void expectDue(List<Modelled> model, long now, List<Integer> expected) {
        model.sort((a, b) -> a.at == b.at ? Integer.compare(a.id, b.id) : Long.signum(a.at - b.at));
        while (!model.isEmpty() && model.get(0).at - now <= 0) {
            expected.add(model.remove(0).id);
        }
    }

    private record Modelled(long at, int id, Wakeups.Wakeup wakeup) {}
}
