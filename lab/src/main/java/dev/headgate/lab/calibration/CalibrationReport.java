package dev.headgate.lab.calibration;

import dev.headgate.lab.engine.EngineConstants;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Constants fitted to a measured run.
 *
 * @param constants the best found
 * @param fitted their errors on the half that they were fitted to
 * @param predicted their errors on the other half
 */
public record CalibrationReport(EngineConstants constants, Errors fitted, Errors predicted) {
    private static final double MOST_TTFT = 0.20;
    private static final double MOST_TPOT = 0.10;

    /** Returns whether the prediction is as close as simulator.md §11 asks. */
    public boolean isClose() {
        return predicted.ttftMedian() <= MOST_TTFT && predicted.tpotMedian() <= MOST_TPOT;
    }

    /** Returns the report as text. */
    public String text() {
        StringBuilder text = new StringBuilder("fitted constants, for --set\n  ");
        StringBuilder pairs = new StringBuilder();
        for (Map.Entry<String, Double> constant : new TreeMap<>(constants.values()).entrySet()) {
            pairs.append(pairs.isEmpty() ? "" : ",").append(constant.getKey()).append('=');
            pairs.append(String.format(Locale.ROOT, "%.5g", constant.getValue()));
        }
        text.append(pairs).append('\n');
        text.append("relative error          TTFT p50     p90   TPOT p50     p90\n");
        text.append(row("first half, fitted", fitted)).append(row("second half, predicted", predicted));
        text.append(String.format(
                Locale.ROOT,
                "%s: at most %.0f %% of TTFT and %.0f %% of TPOT at the median%n",
                isClose() ? "close" : "NOT close",
                100 * MOST_TTFT,
                100 * MOST_TPOT));
        return text.toString().replace("\r\n", "\n");
    }

    private static String row(String name, Errors errors) {
        return String.format(
                Locale.ROOT,
                "%-23s %6.1f %% %5.1f %% %7.1f %% %5.1f %%\n",
                name,
                100 * errors.ttftMedian(),
                100 * errors.ttftP90(),
                100 * errors.tpotMedian(),
                100 * errors.tpotP90());
    }

    /** Relative errors of requests: the medians, and what nine of ten do not exceed. */
    public record Errors(double ttftMedian, double tpotMedian, double ttftP90, double tpotP90) {}
}
