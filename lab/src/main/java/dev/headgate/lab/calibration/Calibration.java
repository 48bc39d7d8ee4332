package dev.headgate.lab.calibration;

import dev.headgate.lab.engine.Clock;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.engine.Replica;
import dev.headgate.lab.engine.ReplicaListener;
import dev.headgate.lab.engine.ReplicaSpeed;
import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.trace.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Searches the constants under which the model comes closest to a measured run.
 *
 * <p>A pattern search: each constant in turn is made larger and smaller by a factor, what helps is kept, and the factor shrinks
 * once nothing helps. The error of a request is how many times too long or short it is, on a logarithmic scale, so that no
 * outlier decides; it is summed over the first half only. From several beginnings, as a full cache and a slow processor look
 * alike at first.
 */
public final class Calibration {
    private static final List<String> FITTED = List.of("weightUs", "linUs", "attUs", "kvUs", "sequenceUs", "kvTokens");
    private static final double[] FACTORS = {2, 1.4, 1.15, 1.05, 1.02};
    private static final double[] BUDGETS = {2048, 8192};
    private static final double[] SEQUENCES = {128, 256, 1024};
    private static final double[] SLOWNESS = {1, 2.5};
    private static final double[] CACHES = {25_000, 60_000, 400_000};

    private final MeasuredRun measured;
    private final Consumer<String> progress;

    /** Creates one for {@code measured}. */
    public Calibration(MeasuredRun measured, Consumer<String> progress) {
        this.measured = measured;
        this.progress = progress;
    }

    /** Returns the best constants found, and how well they predict the second half. */
    public CalibrationReport fit() {
        Fit best = null;
        for (double budget : BUDGETS) {
            for (double sequences : SEQUENCES) {
                for (double slowness : SLOWNESS) {
                    for (double cache : CACHES) {
                        Fit fit = search(start(budget, sequences, slowness, cache), 1);
                        best = best == null || fit.error < best.error ? fit : best;
                    }
                }
            }
            progress.accept("steps of " + (int) budget + " tokens: error " + (best == null ? 0 : best.error));
        }
        if (best == null) {
            throw new IllegalStateException("no beginnings");
        }
        Fit found = search(best.constants, FACTORS.length);
        return new CalibrationReport(
                found.constants,
                errors(found.constants, 0, measured.size() / 2),
                errors(found.constants, measured.size() / 2, measured.size()));
    }

    private EngineConstants start(double budget, double sequences, double slowness, double cache) {
        EngineConstants h100 = EngineConstants.H100;
        return h100.with("apiUs", 0)
                .with("sequences", sequences)
                .with("budget", budget)
                .with("kvTokens", cache)
                .with("weightUs", h100.weightUs() * slowness)
                .with("linUs", h100.linUs() * slowness)
                .with("kvUs", h100.kvUs() * slowness);
    }

    private Fit search(EngineConstants start, int rounds) {
        Fit best = new Fit(start, error(start));
        for (int round = 0; round < rounds; round++) {
            boolean improved = true;
            while (improved) {
                improved = false;
                for (String name : FITTED) {
                    for (double factor : new double[] {FACTORS[round], 1 / FACTORS[round]}) {
                        Fit other = tried(best, name, factor);
                        if (other.error < best.error) {
                            best = other;
                            improved = true;
                        }
                    }
                }
            }
        }
        return best;
    }

    private Fit tried(Fit from, String name, double factor) {
        double value = from.constants.values().getOrDefault(name, 0.0) * factor;
        try {
            EngineConstants changed = from.constants.with(name, name.endsWith("Us") ? value : Math.rint(value));
            return new Fit(changed, error(changed));
        } catch (IllegalArgumentException e) {
            return new Fit(from.constants, Double.POSITIVE_INFINITY); // out of the range of that constant
        }
    }

    private double error(EngineConstants constants) {
        RequestStates states = run(constants);
        if (states.done.length == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double sum = 0;
        for (int r = 0; r < measured.size() / 2; r++) {
            sum += Math.abs(Math.log(ttft(states, r) / measured.ttftMicros(r)));
            if (!Double.isNaN(measured.tpotMicros(r))) {
                sum += 2 * Math.abs(Math.log(Math.max(1, tpot(states, r)) / measured.tpotMicros(r)));
            }
        }
        return sum / (measured.size() / 2.0);
    }

    private CalibrationReport.Errors errors(EngineConstants constants, int from, int to) {
        RequestStates states = run(constants);
        double[] ttft = new double[to - from];
        double[] tpot = new double[to - from];
        for (int r = from; r < to; r++) {
            ttft[r - from] = Math.abs(ttft(states, r) / measured.ttftMicros(r) - 1);
            tpot[r - from] =
                    Double.isNaN(measured.tpotMicros(r)) ? 0 : Math.abs(tpot(states, r) / measured.tpotMicros(r) - 1);
        }
        Arrays.sort(ttft);
        Arrays.sort(tpot);
        return new CalibrationReport.Errors(
                ttft[ttft.length / 2],
                tpot[tpot.length / 2],
                ttft[(int) (0.9 * ttft.length)],
                tpot[(int) (0.9 * tpot.length)]);
    }

    private static double ttft(RequestStates states, int r) {
        return states.first[r] - states.enqueued[r];
    }

    private double tpot(RequestStates states, int r) {
        int further = measured.trace().output(r) - 1;
        return further == 0 ? 0 : (double) (states.done[r] - states.first[r]) / further;
    }

    /** Returns what the model does, nothing if a request does not fit its cache. */
    private RequestStates run(EngineConstants constants) {
        Trace trace = measured.trace();
        for (int r = 0; r < trace.size(); r++) {
            if (trace.input(r) + trace.output(r) > 0.95 * constants.limits().kvTokens()) {
                return new RequestStates(0);
            }
        }
        Clock clock = new Clock();
        RequestStates states = new RequestStates(trace.size());
        Replica replica =
                new Replica(constants, ReplicaSpeed.FULL, trace, states, clock, new SplittableRandom(1), new Deaf());
        for (int r = 0; r < trace.size(); r++) {
            int request = r;
            clock.at(trace.arrival(r), () -> replica.enqueue(request));
        }
        while (clock.next().isPresent()) {
            clock.advance(clock.next().getAsLong());
        }
        return states;
    }

    private record Fit(EngineConstants constants, double error) {}

    private static final class Deaf implements ReplicaListener {
        @Override
        public void firstToken(int request) {}

        @Override
        public void completed(int request) {}

        @Override
        public void lost(int request) {}
    }
}
