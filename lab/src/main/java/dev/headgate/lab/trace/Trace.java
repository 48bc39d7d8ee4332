package dev.headgate.lab.trace;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Requests in order of time, each with its lengths, the units that its prompt consists of, and the turn that follows it.
 * Immutable by agreement: the arrays are shared and nobody writes to them.
 *
 * <p>A unit stands for {@link #unitTokens} tokens and all that comes before them: equal numbers mean equal beginnings, as
 * {@link TraceBuilder} numbers them. The last unit of a prompt may be covered in part. A block of a size that divides a unit
 * is numbered (unit × blocks per unit + place in the unit).
 */
public final class Trace {
    /** What {@link #following} says of the last turn. */
    public static final int NONE = -1;

    /** What {@link #arrivals} says of a turn that comes when the answer before it is complete. */
    public static final long AFTER_ANSWER = -1;

    private final int unitTokens;
    private final long[] arrivals;
    private final int[] inputs;
    private final int[] outputs;
    private final int[] starts;
    private final int[] units;
    private final int[] following;
    private final long[] thinks;
    private final Labels labels;

    Trace(
            int unitTokens,
            long[] arrivals,
            int[] inputs,
            int[] outputs,
            int[] starts,
            int[] units,
            int[] following,
            long[] thinks,
            Labels labels) {
        this.unitTokens = unitTokens;
        this.arrivals = arrivals;
        this.inputs = inputs;
        this.outputs = outputs;
        this.starts = starts;
        this.units = units;
        this.following = following;
        this.thinks = thinks;
        this.labels = labels;
    }

    /** Returns how many requests there are. */
    public int size() {
        return inputs.length;
    }

    /** Returns the tokens of a unit. */
    public int unitTokens() {
        return unitTokens;
    }

    /** Returns when request {@code r} comes, in microseconds from the start; {@link #AFTER_ANSWER} if it follows an answer. */
    public long arrival(int r) {
        return arrivals[r];
    }

    /** Returns the prompt tokens of request {@code r}, ≥ 1. */
    public int input(int r) {
        return inputs[r];
    }

    /** Returns the answer tokens of request {@code r}, ≥ 1. */
    public int output(int r) {
        return outputs[r];
    }

    /** Returns how many units the prompt of request {@code r} touches. */
    public int units(int r) {
        return starts[r + 1] - starts[r];
    }

    /** Returns unit {@code k} of request {@code r}. */
    public int unit(int r, int k) {
        return units[starts[r] + k];
    }

    /** Returns the turn after request {@code r}, whose prompt contains this one's answer; {@link #NONE} if there is none. */
    public int following(int r) {
        return following[r];
    }

    /** Returns the microseconds from the answer before request {@code r} to its arrival, if it has no arrival of its own. */
    public long think(int r) {
        return thinks[r];
    }

    /** Returns who sent request {@code r}, empty if unknown. */
    public String tenant(int r) {
        return labels.tenant(r);
    }

    /** Returns the model or adapter of request {@code r}, empty if unknown. */
    public String model(int r) {
        return labels.model(r);
    }

    /** Returns the conversation of request {@code r}, empty if unknown. */
    public String session(int r) {
        return labels.session(r);
    }

    /** Returns the priority of request {@code r}. */
    public int priority(int r) {
        return labels.priority(r);
    }

    /** Returns whether turns wait for answers. */
    public boolean isClosed() {
        return Arrays.stream(arrivals).anyMatch(arrival -> arrival == AFTER_ANSWER);
    }

    /** Returns the units of all requests, in order; request r's are from {@code starts()[r]} to {@code starts()[r + 1]}. */
    public int[] allUnits() {
        return units;
    }

    /** Returns where the units of each request start, and after the last where they end. */
    public int[] starts() {
        return starts;
    }

    /** Returns the same requests at other times; the order of requests is not changed. */
    public Trace withArrivals(long[] other) {
        return new Trace(unitTokens, other, inputs, outputs, starts, units, following, thinks, labels);
    }

    /** Returns a copy of the arrivals. */
    public long[] arrivals() {
        return arrivals.clone();
    }

    /** Returns the same requests with other answer lengths. */
    public Trace withOutputs(int[] other) {
        return new Trace(unitTokens, arrivals, inputs, other, starts, units, following, thinks, labels);
    }

    /**
     * Returns the same requests in units of which a block of {@code blockTokens} is one or a part. A larger block stands for
     * the chain of units that it covers.
     *
     * @throws BadTraceException if neither size divides the other
     */
    public Trace cutFor(int blockTokens) {
        if (unitTokens % blockTokens == 0) {
            return this;
        }
        if (blockTokens % unitTokens != 0) {
            throw new BadTraceException("blocks of " + blockTokens
                    + " tokens (expected: a size that divides the trace's " + unitTokens + " or is a multiple of it)");
        }
        int ratio = blockTokens / unitTokens;
        ChainNumbers numbers = new ChainNumbers();
        int[] newStarts = new int[size() + 1];
        int[] newUnits = new int[units.length];
        int count = 0;
        for (int r = 0; r < size(); r++) {
            int chain = ChainNumbers.ROOT;
            int last = starts[r + 1] - 1;
            for (int k = starts[r]; k <= last; k++) {
                // A unit's number already stands for its history, so the last one covered names the block.
                if ((k - starts[r]) % ratio == ratio - 1 || k == last) {
                    chain = numbers.of(chain, units[k]);
                    newUnits[count++] = chain;
                }
            }
            newStarts[r + 1] = count;
        }
        return new Trace(
                blockTokens,
                arrivals,
                inputs,
                outputs,
                newStarts,
                Arrays.copyOf(newUnits, count),
                following,
                thinks,
                labels);
    }

    /** Returns the first {@code count} requests; turns after them are left out. */
    public Trace first(int count) {
        return keep(r -> r < count);
    }

    /** Returns the requests that {@code wanted} accepts, and of a conversation only those before the first refused turn. */
    public Trace keep(IntPredicate wanted) {
        boolean[] kept = new boolean[size()];
        Arrays.fill(kept, true);
        for (int r = 0; r < size(); r++) {
            if (!wanted.test(r)) {
                kept[r] = false;
                for (int turn = following[r]; turn != NONE && arrivals[turn] == AFTER_ANSWER; turn = following[turn]) {
                    kept[turn] = false;
                }
            }
        }
        return compacted(kept);
    }

    /** Returns the requests of all {@code traces} in order of time; they share no beginnings with each other. */
    public static Trace merged(List<Trace> traces) {
        TraceBuilder all = new TraceBuilder(traces.get(0).unitTokens);
        for (int t = 0; t < traces.size(); t++) {
            Trace trace = traces.get(t);
            if (trace.unitTokens != all.unitTokens()) {
                throw new BadTraceException("traces in blocks of " + all.unitTokens() + " and " + trace.unitTokens
                        + " tokens (expected: one size, see --file-block)");
            }
            int offset = all.size();
            for (int r = 0; r < trace.size(); r++) {
                all.add(trace.arrivals[r], trace.inputs[r], trace.outputs[r]);
                for (int k = 0; k < trace.units(r); k++) {
                    all.unit((long) t << 32 | trace.unit(r, k));
                }
                all.label(trace.tenant(r), trace.model(r), trace.session(r), trace.priority(r));
            }
            for (int r = 0; r < trace.size(); r++) {
                if (trace.following[r] != NONE) {
                    int later = trace.following[r];
                    all.follows(offset + later, offset + r, trace.thinks[later]);
                }
            }
        }
        return all.build();
    }

    private Trace compacted(boolean[] kept) {
        int[] places = new int[size()];
        int count = 0;
        int unitCount = 0;
        for (int r = 0; r < size(); r++) {
            places[r] = kept[r] ? count++ : NONE;
            unitCount += kept[r] ? units(r) : 0;
        }
        int[] order = new int[count];
        for (int r = 0; r < size(); r++) {
            if (kept[r]) {
                order[places[r]] = r;
            }
        }
        return rearranged(order, places, unitCount);
    }

    /** Returns the requests in {@code order}; {@code places} is its inverse, {@link #NONE} for those left out. */
    Trace rearranged(int[] order, int[] places, int unitCount) {
        int n = order.length;
        long[] newArrivals = new long[n];
        int[] newInputs = new int[n];
        int[] newOutputs = new int[n];
        int[] newStarts = new int[n + 1];
        int[] newUnits = new int[unitCount];
        int[] newFollowing = new int[n];
        long[] newThinks = new long[n];
        for (int i = 0; i < n; i++) {
            int r = order[i];
            newArrivals[i] = arrivals[r];
            newInputs[i] = inputs[r];
            newOutputs[i] = outputs[r];
            newThinks[i] = thinks[r];
            newFollowing[i] = following[r] == NONE ? NONE : places[following[r]];
            System.arraycopy(units, starts[r], newUnits, newStarts[i], units(r));
            newStarts[i + 1] = newStarts[i] + units(r);
        }
        return new Trace(
                unitTokens,
                newArrivals,
                newInputs,
                newOutputs,
                newStarts,
                newUnits,
                newFollowing,
                newThinks,
                labels.rearranged(order));
    }
}
