package dev.headgate.worker.onnx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Groups texts of similar length, so that little of a run is spent on padding. */
final class Batches {
    /** More texts in one run save nothing more on a CPU and delay a cancel. */
    private static final int MAX_TEXTS = 32;

    /** The share of a run's tokens that may be padding. */
    private static final double MAX_WASTE = 0.25;

    private Batches() {}

    /** Returns groups of indices into {@code texts} that together name each text once. */
    static List<int[]> of(List<long[]> texts, boolean oneAtATime) {
        List<Integer> byLength = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(index -> texts.get(index).length))
                .toList();
        List<int[]> batches = new ArrayList<>();
        List<Integer> open = new ArrayList<>();
        long tokens = 0;
        for (int index : byLength) {
            int length = texts.get(index).length;
            long padded = (open.size() + 1L) * length;
            boolean full = open.size() == MAX_TEXTS || padded - tokens - length > MAX_WASTE * padded;
            if (!open.isEmpty() && (oneAtATime || full)) {
                batches.add(toArray(open));
                open.clear();
                tokens = 0;
            }
            open.add(index);
            tokens += length;
        }
        if (!open.isEmpty()) {
            batches.add(toArray(open));
        }
        return batches;
    }

    private static int[] toArray(List<Integer> indices) {
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }
}
