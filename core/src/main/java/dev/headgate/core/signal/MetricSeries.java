package dev.headgate.core.signal;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A series that is looked for on a page of metrics, and what was found of it there: of several that match, the one with the
 * latest time, and of those the first; or, where each change is a series of its own that holds when it came, the largest.
 */
final class MetricSeries {
    private final MetricSelector selector;
    private final byte[] name;
    private final byte[][] labels; // name, value, name, value …
    private final byte[][] told; // the labels whose values are of interest
    private final boolean isLargest;
    private final String[] texts;
    private double value;
    private double timestamp;
    private boolean isFound;
    private boolean isDistribution;

    private MetricSeries(MetricSelector selector, boolean isLargest, List<String> told) {
        this.selector = selector;
        this.isLargest = isLargest;
        this.name = bytes(selector.name());
        this.labels = new byte[2 * selector.labels().size()][];
        int at = 0;
        for (Map.Entry<String, String> label : selector.labels().entrySet()) {
            labels[at++] = bytes(label.getKey());
            labels[at++] = bytes(label.getValue());
        }
        this.told = told.stream().map(MetricSeries::bytes).toArray(byte[][]::new);
        texts = new String[told.size()];
    }

    /** Returns a series of which the latest counts; {@code told} are labels whose values are of interest. */
    static MetricSeries latest(MetricSelector selector, String... told) {
        return new MetricSeries(selector, false, List.of(told));
    }

    /** Returns a series of which the largest value counts. */
    static MetricSeries largest(MetricSelector selector, String... told) {
        return new MetricSeries(selector, true, List.of(told));
    }

    /** Forgets what was found. */
    void clear() {
        isFound = false;
        isDistribution = false;
        value = Double.NaN;
    }

    byte[] name() {
        return name;
    }

    /** The metric is declared as {@code type}: what is no number but a distribution is not looked at. */
    void isOfType(String type) {
        isDistribution = type.equals("histogram") || type.equals("summary") || type.equals("gaugehistogram");
    }

    /** Looks at a sample of this name. */
    void offer(MetricSample sample) {
        if (isDistribution || !matches(sample)) {
            return;
        }
        boolean isBetter = !isFound || (isLargest ? sample.value() > value : sample.timestamp() > timestamp);
        if (isBetter) {
            isFound = true;
            value = sample.value();
            timestamp = sample.timestamp();
            for (int i = 0; i < told.length; i++) {
                texts[i] = sample.label(told[i]);
            }
        }
    }

    private boolean matches(MetricSample sample) {
        for (int i = 0; i < labels.length; i += 2) {
            if (!sample.has(labels[i], labels[i + 1])) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the page has it. */
    boolean isFound() {
        return isFound;
    }

    /** Returns its value, NaN if it was not found or is no number. */
    double value() {
        return value;
    }

    /** Returns the value of the label told at {@code index}, empty if the series was not found or has no such label. */
    String text(int index) {
        return isFound ? texts[index] : "";
    }

    /** Returns the value of the only label told, empty if there is none. */
    String text() {
        return texts.length == 0 ? "" : text(0);
    }

    @Override
    public String toString() {
        return selector.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
