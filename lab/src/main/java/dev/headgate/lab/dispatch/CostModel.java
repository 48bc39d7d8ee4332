package dev.headgate.lab.dispatch;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What runs and loads cost, in seconds, by label number.
 *
 * <p>A single run is drawn from N(m, 0.25 m), at least 0.2 m; a load from N(m, 0.125 m), at least 0.3 m: the spreads of
 * dispatch.md §14.
 *
 * @param meansSeconds means, used cyclically by label number; empty if {@code mu} and {@code sigma} rule
 * @param mu mean cost of a lognormal distribution over labels
 * @param sigma its shape, > 0
 */
public record CostModel(List<Double> meansSeconds, double mu, double sigma) {
    private static final String LOGNORMAL = "lognormal:";

    public CostModel {
        meansSeconds = List.copyOf(meansSeconds);
        for (double mean : meansSeconds) {
            if (!(mean > 0 && mean < 86_400)) {
                throw new IllegalArgumentException("cost: " + mean + " (expected: seconds > 0, less than a day)");
            }
        }
    }

    /** Returns the same cost for every label. */
    public static CostModel of(double meanSeconds) {
        return new CostModel(List.of(meanSeconds), 0, 0);
    }

    /** Parses one value, a comma list, or {@code lognormal:mean,sigma}. */
    public static CostModel parse(String text) {
        try {
            boolean lognormal = text.startsWith(LOGNORMAL);
            List<Double> numbers = new ArrayList<>();
            for (String part : (lognormal ? text.substring(LOGNORMAL.length()) : text).split(",", -1)) {
                numbers.add(Double.valueOf(part.strip()));
            }
            if (!lognormal) {
                return new CostModel(numbers, 0, 0);
            }
            if (numbers.size() == 2 && numbers.get(0) > 0 && numbers.get(1) > 0) {
                return new CostModel(List.of(), numbers.get(0), numbers.get(1));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expectation(text), e);
        }
        throw new IllegalArgumentException(expectation(text));
    }

    /** Returns the text that {@link #parse} takes. */
    @JsonValue
    public String text() {
        if (meansSeconds.isEmpty()) {
            return LOGNORMAL + mu + "," + sigma;
        }
        return meansSeconds.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static String expectation(String text) {
        return "cost: " + text + " (expected: seconds, a comma list of seconds, or lognormal:mean,sigma)";
    }

    /** Returns the mean cost of each of {@code labels} labels; a lognormal one is drawn from {@code random}. */
    public double[] meansFor(int labels, RandomGenerator random) {
        double[] means = new double[labels];
        for (int i = 0; i < labels; i++) {
            means[i] = meansSeconds.isEmpty()
                    ? mu * Math.exp(sigma * random.nextGaussian() - sigma * sigma / 2)
                    : meansSeconds.get(i % meansSeconds.size());
        }
        return means;
    }

    /** Draws one run of mean {@code mean}. */
    public static double drawRun(double mean, RandomGenerator random) {
        return Math.max(0.2 * mean, mean + 0.25 * mean * random.nextGaussian());
    }

    /** Draws one load of mean {@code mean}. */
    public static double drawLoad(double mean, RandomGenerator random) {
        return Math.max(0.3 * mean, mean + 0.125 * mean * random.nextGaussian());
    }
}
