package dev.headgate.lab.workload;

import dev.headgate.lab.trace.Jitter;
import dev.headgate.lab.trace.Trace;
import java.util.SplittableRandom;

/**
 * How the times of a trace are spread.
 *
 * @param name as given: {@code auto}, {@code off} or a time
 * @param quantumMicros the longest delay; −1 = the tick of the trace
 */
public record Spread(String name, long quantumMicros) {
    /** By the tick of the trace's own clock, if it has one. */
    public static final Spread AUTO = new Spread("auto", -1);

    /** Not at all. */
    public static final Spread OFF = new Spread("off", 0);

    /** Returns the spread by up to {@code micros}, written {@code text}. */
    public static Spread by(String text, long micros) {
        return new Spread(text, micros);
    }

    /** Returns {@code trace} with its arrivals spread by draws of {@code seed} alone. */
    Trace apply(Trace trace, long seed) {
        long quantum = quantumMicros < 0 ? Jitter.quantum(trace) : quantumMicros;
        return Jitter.spread(trace, quantum, new SplittableRandom(Streams.ARRIVALS.seed(seed)));
    }
}
