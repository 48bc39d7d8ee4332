package dev.headgate.lab.workload;

import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import java.util.SplittableRandom;

/** W5 to W7 and W9: questions behind one of fifty prompts, at arrivals of several kinds. */
final class SharedPrompts {
    private static final int UNIT = 16;
    private static final int PROMPTS = 50;
    private static final double SIGMA = 0.8;

    private final int requests;
    private final Arrivals arrivals;
    private final int models;

    /** Creates {@code count} requests, for one of {@code models} adapters each if there are any. */
    SharedPrompts(int count, Arrivals arrivals, int models) {
        this.requests = count;
        this.arrivals = arrivals;
        this.models = models;
    }

    Trace requests(long seed) {
        SplittableRandom random = new SplittableRandom(Streams.ARRIVALS.seed(seed));
        int[] promptTokens = new int[PROMPTS];
        for (int i = 0; i < PROMPTS; i++) {
            promptTokens[i] = random.nextInt(512, 8193);
        }
        double[] popularity = Draws.zipf(PROMPTS, 1.2);
        double[] modelPopularity = Draws.zipf(Math.max(1, models), 1.0);
        TraceBuilder trace = new TraceBuilder(UNIT);
        Arrivals.Times times = arrivals.times(random);
        for (int r = 0; r < requests; r++) {
            times.next();
            int prompt = Draws.choose(popularity, random);
            int input = promptTokens[prompt] + Draws.lognormal(400, SIGMA, random);
            trace.add(times.micros(), input, Draws.lognormal(150, SIGMA, random));
            for (int k = 0; (k + 1) * UNIT <= promptTokens[prompt]; k++) {
                trace.unit(1_000L * prompt + k);
            }
            String model = models == 0 ? "" : "adapter-" + Draws.choose(modelPopularity, random);
            trace.privateRest().label(times.tenant(), model, "", 0);
        }
        return trace.build();
    }
}
