package dev.headgate.lab.workload;

import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import java.util.SplittableRandom;

/** W2: conversations of several turns in an open loop, each prompt of which holds all that was said before. */
final class ChatSessions {
    private static final int UNIT = 16;
    private static final int SYSTEM_PROMPTS = 20;
    private static final double SIGMA = 0.8;
    private static final double MEAN_TURNS = 6;
    private static final double GAP_SECONDS = 20;

    private final int sessions;
    private final double perSecond;

    /** Creates {@code sessions} conversations that begin at {@code perSecond}. */
    ChatSessions(int sessions, double perSecond) {
        this.sessions = sessions;
        this.perSecond = perSecond;
    }

    Trace requests(long seed) {
        SplittableRandom random = new SplittableRandom(Streams.ARRIVALS.seed(seed));
        int[] systemTokens = new int[SYSTEM_PROMPTS];
        for (int i = 0; i < SYSTEM_PROMPTS; i++) {
            systemTokens[i] = random.nextInt(200, 4001);
        }
        double[] popularity = Draws.zipf(SYSTEM_PROMPTS, 1.0);
        TraceBuilder trace = new TraceBuilder(UNIT);
        long start = 0;
        for (int session = 0; session < sessions; session++) {
            start += Draws.exponentialMicros(1 / perSecond, random);
            int system = Draws.choose(popularity, random);
            converse(trace, session, start, system, systemTokens[system], random);
        }
        return trace.build();
    }

    private static void converse(
            TraceBuilder trace, int session, long start, int system, int systemTokens, SplittableRandom random) {
        long at = start;
        int said = systemTokens;
        int before = Trace.NONE;
        do {
            int input = said + Draws.lognormal(120, SIGMA, random);
            int output = Draws.lognormal(250, SIGMA, random);
            int request = trace.add(at, input, output);
            for (int k = 0; k * UNIT < input; k++) {
                boolean isSystem = (k + 1) * UNIT <= systemTokens;
                trace.unit(isSystem ? 1_000L * system + k : ((session + 1L) << 32) + k);
            }
            trace.label("", "", "s" + session, 0);
            if (before != Trace.NONE) {
                trace.follows(request, before, 0);
            }
            before = request;
            said = input + output;
            at += Draws.exponentialMicros(GAP_SECONDS, random);
        } while (random.nextDouble() >= 1 / MEAN_TURNS);
    }
}
