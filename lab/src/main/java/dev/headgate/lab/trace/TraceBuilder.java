package dev.headgate.lab.trace;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Collects requests and puts them in order of time. Not thread-safe. */
public final class TraceBuilder {
    private final int unitTokens;
    private final ChainNumbers numbers = new ChainNumbers();
    private final Map<String, String> words = new HashMap<>();
    private long[] arrivals = new long[64];
    private int[] inputs = new int[64];
    private int[] outputs = new int[64];
    private int[] starts = new int[65];
    private int[] units = new int[1024];
    private int[] following = new int[64];
    private long[] thinks = new long[64];
    private String[] tenants = new String[64];
    private String[] models = new String[64];
    private String[] sessions = new String[64];
    private int[] priorities = new int[64];
    private int size;
    private int last = ChainNumbers.ROOT;

    /** Creates one whose prompts consist of units of {@code unitTokens}. */
    public TraceBuilder(int unitTokens) {
        this.unitTokens = unitTokens;
    }

    /** Returns how many requests there are so far. */
    public int size() {
        return size;
    }

    /** Returns the tokens of a unit. */
    public int unitTokens() {
        return unitTokens;
    }

    /**
     * Adds a request and returns its number; its units follow by {@link #unit}.
     *
     * @param arrivalMicros when it comes, or {@link Trace#AFTER_ANSWER}
     */
    public int add(long arrivalMicros, int input, int output) {
        if (size == arrivals.length) {
            grow(2 * size);
        }
        arrivals[size] = arrivalMicros;
        inputs[size] = input;
        outputs[size] = Math.max(1, output);
        following[size] = Trace.NONE;
        tenants[size] = "";
        models[size] = "";
        sessions[size] = "";
        starts[size + 1] = starts[size];
        last = ChainNumbers.ROOT;
        return size++;
    }

    /** Adds the unit called {@code id} to the last request: equal ids after equal beginnings are equal. */
    public TraceBuilder unit(long id) {
        append(numbers.of(last, id));
        return this;
    }

    /** Adds units that no other request shares until the last request's prompt is covered. */
    public TraceBuilder privateRest() {
        int needed = (inputs[size - 1] + unitTokens - 1) / unitTokens;
        while (starts[size] - starts[size - 1] < needed) {
            append(numbers.unique());
        }
        return this;
    }

    /** Names who sent the last request, for which model, in which conversation and how urgent it is. */
    public TraceBuilder label(String tenant, String model, String session, int priority) {
        tenants[size - 1] = words.computeIfAbsent(tenant, word -> word);
        models[size - 1] = words.computeIfAbsent(model, word -> word);
        sessions[size - 1] = words.computeIfAbsent(session, word -> word);
        priorities[size - 1] = priority;
        return this;
    }

    /** Says that request {@code later} is the turn after {@code earlier}, {@code thinkMicros} after its answer. */
    public TraceBuilder follows(int later, int earlier, long thinkMicros) {
        following[earlier] = later;
        thinks[later] = thinkMicros;
        return this;
    }

    /** Returns whether the requests so far came in order of time. */
    public boolean isSorted() {
        for (int r = 1; r < size; r++) {
            if (arrivals[r] != Trace.AFTER_ANSWER && arrivals[r] < arrivals[r - 1]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the requests in order of time, those of the same time as they were added; the first comes at 0. */
    public Trace build() {
        long[] keys = sortKeys();
        int[] order = IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingLong(r -> keys[r]))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] places = new int[size];
        for (int i = 0; i < size; i++) {
            places[order[i]] = i;
        }
        long first = Arrays.stream(arrivals, 0, size)
                .filter(arrival -> arrival != Trace.AFTER_ANSWER)
                .min()
                .orElse(0);
        long[] shifted = new long[size];
        for (int r = 0; r < size; r++) {
            shifted[r] = arrivals[r] == Trace.AFTER_ANSWER ? Trace.AFTER_ANSWER : arrivals[r] - first;
        }
        Labels labels = new Labels(tenants, models, sessions, priorities);
        return new Trace(unitTokens, shifted, inputs, outputs, starts, units, following, thinks, labels)
                .rearranged(order, places, starts[size]);
    }

    // A turn that waits for an answer stands behind the request before it in the file.
    private long[] sortKeys() {
        long[] keys = Arrays.copyOf(arrivals, size);
        for (int r = 1; r < size; r++) {
            keys[r] = arrivals[r] == Trace.AFTER_ANSWER ? keys[r - 1] : arrivals[r];
        }
        return keys;
    }

    private void append(int number) {
        if (starts[size] == units.length) {
            units = Arrays.copyOf(units, 2 * units.length);
        }
        units[starts[size]++] = number;
        last = number;
    }

    private void grow(int length) {
        arrivals = Arrays.copyOf(arrivals, length);
        inputs = Arrays.copyOf(inputs, length);
        outputs = Arrays.copyOf(outputs, length);
        starts = Arrays.copyOf(starts, length + 1);
        following = Arrays.copyOf(following, length);
        thinks = Arrays.copyOf(thinks, length);
        tenants = Arrays.copyOf(tenants, length);
        models = Arrays.copyOf(models, length);
        sessions = Arrays.copyOf(sessions, length);
        priorities = Arrays.copyOf(priorities, length);
    }
}
