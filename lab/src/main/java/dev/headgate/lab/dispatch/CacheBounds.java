package dev.headgate.lab.dispatch;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The misses that one pooled cache would have on a sequence of labels: with clairvoyance, and least recently used.
 *
 * <p>Clairvoyant MIN drops what is needed furthest in the future (Belady, 1966), which no policy beats on the same order.
 */
public final class CacheBounds {
    private CacheBounds() {}

    /** Returns the misses of clairvoyant MIN with {@code slots} places. */
    public static int min(List<Integer> labels, int slots) {
        int count = labels.stream().mapToInt(label -> label + 1).max().orElse(0);
        int[] nextUse = new int[labels.size()];
        int[] seen = new int[count];
        Arrays.fill(seen, Integer.MAX_VALUE);
        for (int i = labels.size() - 1; i >= 0; i--) {
            nextUse[i] = seen[labels.get(i)];
            seen[labels.get(i)] = i;
        }
        int[] residentUntil = new int[count]; // the next use of a resident label, 0 if it is not resident
        PriorityQueue<int[]> byNextUse = new PriorityQueue<>((a, b) -> Integer.compare(b[1], a[1]));
        int misses = 0;
        int resident = 0;
        for (int i = 0; i < labels.size(); i++) {
            int label = labels.get(i);
            if (residentUntil[label] == 0) {
                misses++;
                while (resident >= slots) {
                    int[] furthest = byNextUse.remove();
                    if (residentUntil[furthest[0]] == furthest[1]) {
                        residentUntil[furthest[0]] = 0;
                        resident--;
                    }
                }
                resident++;
            }
            residentUntil[label] = nextUse[i];
            byNextUse.add(new int[] {label, nextUse[i]});
        }
        return misses;
    }

    /** Returns the misses of least recently used with {@code slots} places. */
    public static int lru(List<Integer> labels, int slots) {
        LinkedHashSet<Integer> recent = new LinkedHashSet<>();
        int misses = 0;
        for (Integer label : labels) {
            if (!recent.remove(label)) {
                misses++;
                if (recent.size() >= slots) {
                    recent.removeFirst();
                }
            }
            recent.add(label);
        }
        return misses;
    }
}
