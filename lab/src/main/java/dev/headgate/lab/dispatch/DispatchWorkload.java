package dev.headgate.lab.dispatch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a dispatcher is asked to do, dispatch.md §14.
 *
 * @param workers worker processes
 * @param capacity labels that each holds; unused with sizes
 * @param labels distinct labels, {@code label-0} …
 * @param requests requests in all
 * @param producers clients that each send, wait for the answer and pause; unused with a rate
 * @param waitAvg mean pause in seconds
 * @param waitStddev standard deviation of the pause
 * @param waitMin shortest pause
 * @param runCost what a run costs
 * @param loadCost what a load costs
 * @param zipf label k has weight 1/(k+1)^zipf; 0 is uniform
 * @param rotateEvery after this many requests the popularity moves on; 0 never
 * @param rotateBy by this many labels
 * @param rate Poisson arrivals per second instead of producers; 0 is off
 * @param overlap whether a worker loads while it runs
 * @param sizes bytes of the models, used cyclically by label number; empty if labels are counted instead
 * @param memory model memory of each worker in bytes, with sizes
 * @param kills workers that are lost and come back empty
 * @param trace the label numbers in order instead of drawn ones; empty to draw
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DispatchWorkload(
        int workers,
        int capacity,
        int labels,
        int requests,
        int producers,
        double waitAvg,
        double waitStddev,
        double waitMin,
        CostModel runCost,
        CostModel loadCost,
        double zipf,
        int rotateEvery,
        int rotateBy,
        double rate,
        boolean overlap,
        List<Long> sizes,
        long memory,
        List<Kill> kills,
        @JsonIgnore List<Integer> trace) {
    public DispatchWorkload {
        sizes = List.copyOf(sizes);
        kills = List.copyOf(kills);
        trace = List.copyOf(trace);
        requirePositive("workers", workers);
        requirePositive("capacity", capacity);
        requirePositive("labels", labels);
        requirePositive("requests", requests);
        if (rate == 0) {
            requirePositive("producers", producers);
        }
        requireNotNegative("wait-avg", waitAvg);
        requireNotNegative("wait-stddev", waitStddev);
        requireNotNegative("wait-min", waitMin);
        requireNotNegative("zipf", zipf);
        requireNotNegative("rotate-every", rotateEvery);
        requireNotNegative("rate", rate);
        for (long size : sizes) {
            if (size < 1 || size > memory) {
                throw new IllegalArgumentException("--sizes: " + size + " (expected: 1 to --memory, " + memory + ")");
            }
        }
        for (Kill kill : kills) {
            if (kill.worker() >= workers) {
                throw new IllegalArgumentException(
                        "--kill: worker " + kill.worker() + " (expected: 0 to " + (workers - 1) + ")");
            }
        }
    }

    /** Returns a builder that starts from this workload. */
    public WorkloadBuilder toBuilder() {
        return new WorkloadBuilder(this);
    }

    /** Returns how many models the workers hold together. */
    @JsonIgnore
    public int slots() {
        if (sizes.isEmpty()) {
            return workers * capacity;
        }
        double mean = sizes.stream().mapToLong(Long::longValue).average().orElse(1);
        return Math.max(1, (int) (workers * memory / mean));
    }

    /** Returns the size of the model of that number, 1 if labels are counted. */
    long sizeOf(int label) {
        return sizes.isEmpty() ? 1 : sizes.get(label % sizes.size());
    }

    private static void requirePositive(String flag, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("--" + flag + ": " + value + " (expected: >= 1)");
        }
    }

    private static void requireNotNegative(String flag, double value) {
        if (!(value >= 0)) {
            throw new IllegalArgumentException("--" + flag + ": " + value + " (expected: >= 0)");
        }
    }

    /**
     * A worker that is lost and comes back empty.
     *
     * @param atSeconds when
     * @param worker its number, from 0
     * @param downSeconds for how long
     */
    public record Kill(double atSeconds, int worker, double downSeconds) {
        /** Parses {@code t:worker:down}. */
        public static Kill parse(String text) {
            List<String> parts = List.of(text.split(":", -1));
            try {
                if (parts.size() == 3) {
                    Kill kill = new Kill(
                            Double.parseDouble(parts.get(0)),
                            Integer.parseInt(parts.get(1)),
                            Double.parseDouble(parts.get(2)));
                    if (kill.atSeconds >= 0 && kill.worker >= 0 && kill.downSeconds > 0) {
                        return kill;
                    }
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(expectation(text), e);
            }
            throw new IllegalArgumentException(expectation(text));
        }

        private static String expectation(String text) {
            return "--kill: " + text + " (expected: seconds:worker number:seconds down)";
        }
    }
}
