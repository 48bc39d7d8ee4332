package dev.headgate.lab.live;

import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import java.util.SplittableRandom;

/** Traces made up for tests. */
final class LiveTraces {
    private LiveTraces() {}

    /** Returns questions behind one of four beginnings, in units of 16 tokens. */
    static Trace questions(int count, long gapMicros, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TraceBuilder trace = new TraceBuilder(16);
        for (int r = 0; r < count; r++) {
            int beginning = random.nextInt(4);
            int input = random.nextInt(1, 900);
            trace.add(r * gapMicros, input, random.nextInt(1, 30));
            int shared = Math.min(input / 16, 10 + 5 * beginning);
            for (int k = 0; k < shared; k++) {
                trace.unit(1_000L * beginning + k);
            }
            trace.privateRest();
        }
        return trace.build();
    }
}
