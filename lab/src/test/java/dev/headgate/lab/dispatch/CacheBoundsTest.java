package dev.headgate.lab.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CacheBoundsTest {
    @Test
    void countsTheTextbookExample() {
        List<Integer> labels = List.of(7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1);
        assertThat(CacheBounds.min(labels, 3)).isEqualTo(9);
        assertThat(CacheBounds.lru(labels, 3)).isEqualTo(12);
    }

    @Test
    void missesEachLabelOnceIfAllFit() {
        List<Integer> labels = List.of(0, 1, 0, 2, 1, 0);
        assertThat(CacheBounds.min(labels, 3)).isEqualTo(3);
        assertThat(CacheBounds.lru(labels, 3)).isEqualTo(3);
        assertThat(CacheBounds.min(List.of(), 3)).isZero();
    }

    @Test
    void minIsTheLeastThatAnyChoiceOfVictimsGivesAndNeverAboveLru() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Integer> labels = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                labels.add(random.nextInt(5));
            }
            int slots = 1 + random.nextInt(3);
            int min = CacheBounds.min(labels, slots);
            assertThat(min).as("seed %d", seed).isEqualTo(least(labels, 0, new TreeSet<>(), slots));
            assertThat(min).as("seed %d", seed).isLessThanOrEqualTo(CacheBounds.lru(labels, slots));
        }
    }

    private static int least(List<Integer> labels, int from, Set<Integer> resident, int slots) {
        if (from == labels.size()) {
            return 0;
        }
        Integer label = labels.get(from);
        if (resident.contains(label)) {
            return least(labels, from + 1, resident, slots);
        }
        if (resident.size() < slots) {
            return 1 + least(labels, from + 1, with(resident, label), slots);
        }
        int least = Integer.MAX_VALUE;
        for (Integer victim : resident) {
            Set<Integer> rest = with(resident, label);
            rest.remove(victim);
            least = Math.min(least, 1 + least(labels, from + 1, rest, slots));
        }
        return least;
    }

    private static Set<Integer> with(Set<Integer> resident, Integer label) {
        Set<Integer> more = new TreeSet<>(resident);
        more.add(label);
        return more;
    }
}
