package dev.headgate.core.signal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * What follows the name in a line of a page of metrics: labels, a value and perhaps a time. Reused; allocates a text for each
 * value that is looked at. Not thread-safe.
 */
final class MetricSample {
    private static final int MOST_NUMBER_CHARS = 64; // a double has at most 25

    private byte[] in = new byte[0];
    private int at;
    private int end;
    private int[] spans = new int[64]; // of each label: name from and to, value from and to
    private int labels;
    private boolean isEscaped;
    private double number; // the last one read
    private double value;
    private double timestamp;

    /** Reads {@code line}, {@code from} up to {@code to}; returns whether it is the rest of a sample. */
    boolean read(byte[] line, int from, int to) {
        in = line;
        at = from;
        end = to;
        labels = 0;
        isEscaped = false;
        timestamp = Double.NEGATIVE_INFINITY; // what has no time is older than what has one
        skipBlanks();
        if (at < end && in[at] == '{' && !readLabels()) {
            return false;
        }
        skipBlanks();
        if (!readNumber()) {
            return false;
        }
        value = number;
        skipBlanks();
        if (at == end || in[at] == '#') { // an exemplar follows a hash
            return true;
        }
        boolean isRead = readNumber();
        timestamp = number;
        return isRead;
    }

    /** Returns its value, which may be infinite or no number. */
    double value() {
        return value;
    }

    /** Returns its time, negative infinity if it has none. */
    double timestamp() {
        return timestamp;
    }

    /** Returns whether it has label {@code name} with this value. */
    boolean has(byte[] name, byte[] wanted) {
        int label = find(name);
        if (label < 0) {
            return wanted.length == 0; // an absent label is an empty one
        }
        return isEscaped
                ? text(label).equals(new String(wanted, StandardCharsets.UTF_8))
                : Arrays.equals(in, spans[label + 2], spans[label + 3], wanted, 0, wanted.length);
    }

    /** Returns the value of label {@code name}, empty if it has none. */
    String label(byte[] name) {
        int label = find(name);
        return label < 0 ? "" : text(label);
    }

    private int find(byte[] name) {
        for (int label = 0; label < 4 * labels; label += 4) {
            if (Arrays.equals(in, spans[label], spans[label + 1], name, 0, name.length)) {
                return label;
            }
        }
        return -1;
    }

    private String text(int label) {
        int from = spans[label + 2];
        String raw = new String(in, from, spans[label + 3] - from, StandardCharsets.UTF_8);
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        StringBuilder text = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '\\' && i + 1 < raw.length()) {
                char escaped = raw.charAt(++i);
                text.append(escaped == 'n' ? '\n' : escaped);
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private boolean readLabels() {
        at++;
        while (true) {
            skipBlanks();
            if (at == end) {
                return false;
            }
            if (in[at] == '}') {
                at++;
                return true;
            }
            if (!readLabel()) {
                return false;
            }
            skipBlanks();
            if (at < end && in[at] == ',') {
                at++;
            } else if (at == end || in[at] != '}') {
                return false;
            }
        }
    }

    private boolean readLabel() {
        int from = at;
        while (at < end && in[at] != '=' && !isBlank(in[at])) {
            at++;
        }
        int to = at;
        skipBlanks();
        if (from == to || at == end || in[at] != '=') {
            return false;
        }
        at++;
        skipBlanks();
        if (at == end || in[at] != '"') {
            return false;
        }
        int valueFrom = ++at;
        while (at < end && in[at] != '"') {
            if (in[at] == '\\') {
                isEscaped = true;
                at++;
            }
            at++;
        }
        if (at >= end) {
            return false;
        }
        add(from, to, valueFrom, at++);
        return true;
    }

    private void add(int from, int to, int valueFrom, int valueTo) {
        if (4 * labels == spans.length) {
            spans = Arrays.copyOf(spans, 2 * spans.length);
        }
        int label = 4 * labels++;
        spans[label] = from;
        spans[label + 1] = to;
        spans[label + 2] = valueFrom;
        spans[label + 3] = valueTo;
    }

    /** Reads the number that comes next; returns false if something else comes. */
    private boolean readNumber() {
        int from = at;
        while (at < end && !isBlank(in[at])) {
            at++;
        }
        if (at == from || at - from > MOST_NUMBER_CHARS) {
            return false;
        }
        String word = new String(in, from, at - from, StandardCharsets.ISO_8859_1);
        switch (word.toLowerCase(Locale.ROOT)) {
            case "nan" -> number = Double.NaN;
            case "inf", "+inf" -> number = Double.POSITIVE_INFINITY;
            case "-inf" -> number = Double.NEGATIVE_INFINITY;
            default -> {
                return readDecimal(word);
            }
        }
        return true;
    }

    /** Narrower than what Java reads: no hexadecimal, no suffix. */
    private boolean readDecimal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if ("0123456789.+-eE".indexOf(word.charAt(i)) < 0) {
                return false;
            }
        }
        try {
            number = Double.parseDouble(word);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void skipBlanks() {
        while (at < end && isBlank(in[at])) {
            at++;
        }
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
