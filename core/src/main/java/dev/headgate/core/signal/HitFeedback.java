package dev.headgate.core.signal;

import java.util.Arrays;

/**
 * How true the predictions of one endpoint's cached tokens are, by what its answers say was cached.
 *
 * <p>Once the last {@link #WINDOW} requests had less than half of the tokens that were predicted, predictions are scaled by
 * that ratio; they are trusted again when the ratio is back at a half. Requests for which nothing was predicted say nothing.
 * Not thread-safe. See routing.md §7.
 */
public final class HitFeedback {
    /** Enough for a ratio to mean something, few enough to notice an engine whose cache is off within a minute. */
    public static final int WINDOW = 50;

    private static final double LEAST_RATIO = 0.5;

    private final int[] predicted = new int[WINDOW];
    private final int[] cached = new int[WINDOW];
    private long count;
    private long predictedSum;
    private long cachedSum;

    /** Takes one answer into account: {@code predictedTokens} were expected to be cached, {@code cachedTokens} were. */
    public void add(int predictedTokens, int cachedTokens) {
        if (predictedTokens <= 0 || cachedTokens < 0) {
            return;
        }
        int place = (int) (count++ % WINDOW);
        predictedSum += predictedTokens - predicted[place];
        cachedSum += cachedTokens - cached[place];
        predicted[place] = predictedTokens;
        cached[place] = cachedTokens;
    }

    /** Returns cached ÷ predicted tokens over the window, 1 before the first answer. */
    public double ratio() {
        return predictedSum == 0 ? 1 : (double) cachedSum / predictedSum;
    }

    /** Returns what to multiply predictions by, in [0, 1]. */
    public double scale() {
        double ratio = ratio();
        return count < WINDOW || ratio >= LEAST_RATIO ? 1 : ratio;
    }

    /** Forgets everything, as after a restart of the endpoint. */
    public void clear() {
        Arrays.fill(predicted, 0);
        Arrays.fill(cached, 0);
        count = 0;
        predictedSum = 0;
        cachedSum = 0;
    }
}
