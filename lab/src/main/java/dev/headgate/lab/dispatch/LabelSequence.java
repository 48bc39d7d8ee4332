package dev.headgate.lab.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Gives the label of each request: from a trace, or drawn uniformly or by Zipf's law, rotating if asked to. */
public final class LabelSequence {
    private final List<Integer> trace;
    private final double[] cumulative;
    private final int rotateEvery;
    private final int rotateBy;
    private final RandomGenerator random;
    private int drawn;

    /** Creates the sequence of {@code workload}, drawn from {@code random}. */
    public LabelSequence(DispatchWorkload workload, RandomGenerator random) {
        this.random = random;
        this.trace = workload.trace();
        this.rotateEvery = workload.rotateEvery();
        this.rotateBy = workload.rotateBy();
        cumulative = new double[workload.labels()];
        double sum = 0;
        for (int k = 0; k < cumulative.length; k++) {
            sum += 1 / Math.pow(k + 1, workload.zipf());
            cumulative[k] = sum;
        }
    }

    /** Returns all label numbers of {@code workload} under {@code seed}, the same in simulated and real time. */
    public static List<Integer> all(DispatchWorkload workload, long seed) {
        LabelSequence sequence = new LabelSequence(workload, new SplittableRandom(seed).split());
        List<Integer> labels = new ArrayList<>(workload.requests());
        for (int i = 0; i < workload.requests(); i++) {
            labels.add(sequence.next());
        }
        return labels;
    }

    /** Returns the next label number. */
    public int next() {
        if (!trace.isEmpty()) {
            return trace.get(drawn++ % trace.size());
        }
        double at = random.nextDouble() * cumulative[cumulative.length - 1];
        int low = 0;
        int high = cumulative.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] > at) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        int rotation = rotateEvery == 0 ? 0 : drawn / rotateEvery * rotateBy;
        drawn++;
        return Math.floorMod(low + rotation, cumulative.length);
    }
}
