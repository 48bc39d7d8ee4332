package dev.headgate.lab.trace;

import java.util.BitSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * What a report says of its input, so that a reader can tell whether it was read rightly.
 *
 * @param requests how many
 * @param distinctTimestamps how many different arrivals
 * @param quantumMillis the tick of its clock, 0 if it has none
 * @param input lengths of prompts
 * @param output lengths of answers
 * @param spanSeconds from the first arrival to the last
 * @param perSecond requests per second
 * @param hitCeilingPercent units that an endless cache would hold, of all units
 * @param tokenCeilingPercent the same by tokens
 */
public record TraceFacts(
        int requests,
        int distinctTimestamps,
        long quantumMillis,
        Lengths input,
        Lengths output,
        double spanSeconds,
        double perSecond,
        double hitCeilingPercent,
        double tokenCeilingPercent) {
    /** Summarises {@code trace}. */
    public static TraceFacts of(Trace trace) {
        long last = 0;
        for (int r = 0; r < trace.size(); r++) {
            last = Math.max(last, trace.arrival(r));
        }
        double span = last / 1e6;
        long hits = 0;
        long hitTokens = 0;
        long tokens = 0;
        BitSet seen = new BitSet();
        for (int r = 0; r < trace.size(); r++) {
            int matched = 0;
            while (matched < trace.units(r) && seen.get(trace.unit(r, matched))) {
                matched++;
            }
            for (int k = matched; k < trace.units(r); k++) {
                seen.set(trace.unit(r, k));
            }
            hits += matched;
            hitTokens += Math.max(0, Math.min((long) matched * trace.unitTokens(), trace.input(r) - 1L));
            tokens += trace.input(r);
        }
        return new TraceFacts(
                trace.size(),
                Jitter.distinct(trace),
                Jitter.quantum(trace) / 1000,
                Lengths.of(trace.size(), trace::input),
                Lengths.of(trace.size(), trace::output),
                span,
                span == 0 ? 0 : trace.size() / span,
                100.0 * hits / Math.max(1, trace.allUnits().length),
                100.0 * hitTokens / Math.max(1, tokens));
    }

    /** Lengths in tokens. */
    public record Lengths(double mean, int p50, int p90, int p99) {
        private static Lengths of(int size, IntUnaryOperator length) {
            int[] sorted = IntStream.range(0, size).map(length).sorted().toArray();
            return new Lengths(
                    IntStream.of(sorted).average().orElse(0),
                    sorted[(int) (0.50 * size)],
                    sorted[(int) (0.90 * size)],
                    sorted[(int) (0.99 * size)]);
        }
    }
}
