package dev.headgate.lab.workload;

import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import java.util.SplittableRandom;

/** W3: agents in a closed loop, whose prompts grow by what their tools say. */
final class Agents {
    private static final int UNIT = 512;
    private static final int SYSTEM_PROMPTS = 12;
    private static final int SYSTEM_UNITS = 8;
    private static final int MOST_UNITS = 92_160 / UNIT;
    private static final double START_SECONDS = 240;
    private static final double THINK_SECONDS = 8;

    private final int sessions;

    /** Creates {@code sessions} agents that begin within four minutes. */
    Agents(int sessions) {
        this.sessions = sessions;
    }

    Trace requests(long seed) {
        SplittableRandom random = new SplittableRandom(Streams.ARRIVALS.seed(seed));
        SplittableRandom thinking = new SplittableRandom(Streams.THINKING.seed(seed));
        TraceBuilder trace = new TraceBuilder(UNIT);
        for (int session = 0; session < sessions; session++) {
            work(trace, session, random, thinking);
        }
        return trace.build();
    }

    private static void work(TraceBuilder trace, int session, SplittableRandom random, SplittableRandom thinking) {
        long start = (long) (random.nextDouble() * START_SECONDS * Draws.MICROS);
        double u = random.nextDouble();
        int system = (int) (SYSTEM_PROMPTS * u * u);
        int units = SYSTEM_UNITS + random.nextInt(2, 12);
        int turns = random.nextInt(4, 32);
        for (int turn = 0; turn < turns; turn++) {
            int input = UNIT * units - random.nextInt(511);
            int output = 40 + (int) (160 * random.nextExponential());
            int request = trace.add(turn == 0 ? start : Trace.AFTER_ANSWER, input, output);
            for (int k = 0; k < units; k++) {
                trace.unit(k < SYSTEM_UNITS ? 1_000L * system + k : ((session + 1L) << 32) + k);
            }
            trace.label("", "", "s" + session, 0);
            if (turn > 0) {
                trace.follows(request, request - 1, Draws.exponentialMicros(THINK_SECONDS, thinking));
            }
            units = Math.min(MOST_UNITS, units + 1 + (int) (3 * random.nextExponential()));
        }
    }
}
