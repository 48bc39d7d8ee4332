package dev.headgate.core.signal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads pages of metrics in Prometheus' text format as they arrive in pieces, and picks out a few series.
 *
 * <p>A page of an engine has a thousand lines of which five are of interest. So lines are only found, eight bytes at a time,
 * and compared with the names that are looked for; only those of interest are taken apart. The same step hashes the page,
 * which tells whether anything at all changed since the last one. A line that is no sample is passed over, one longer than
 * {@link #MOST_LINE_BYTES} too. Reused by {@link #begin}; not thread-safe.
 */
final class MetricsPage {
    /** Longer than any line of an engine, also one with hundreds of adapters. */
    static final int MOST_LINE_BYTES = 64 << 10;

    private static final int FIRST_WINDOW_BYTES = 8 << 10;
    private static final int WORD = Long.BYTES;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long NEW_LINES = ONES * '\n';
    private static final long M = 0x9E3779B97F4A7C15L; // odd and without a pattern: digits of the golden ratio
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] TYPE = "# TYPE ".getBytes(StandardCharsets.US_ASCII);

    private final MetricSeries[] wanted;
    private final MetricSample sample = new MetricSample();
    private byte[] window = new byte[FIRST_WINDOW_BYTES + WORD]; // whole words can be read up to its limit
    private int limit;
    private boolean isTooLong; // the rest of a line that did not fit is passed over
    private long hash;
    private long lineHash;

    MetricsPage(List<MetricSeries> wanted) {
        this.wanted = wanted.toArray(MetricSeries[]::new);
    }

    /** Forgets the page before. */
    void begin() {
        limit = 0;
        isTooLong = false;
        hash = 0;
        for (MetricSeries series : wanted) {
            series.clear();
        }
    }

    /** Takes the next piece, position to limit. */
    void read(ByteBuffer piece) {
        while (piece.hasRemaining()) {
            int taken = Math.min(piece.remaining(), window.length - WORD - limit);
            piece.get(window, limit, taken);
            limit += taken;
            takeLines();
            if (limit == window.length - WORD) {
                makeRoom();
            }
        }
    }

    /** The page is whole: its last line need not have an end. */
    void end() {
        if (limit > 0 && !isTooLong) {
            window[limit++] = '\n';
            takeLines();
        }
    }

    /** Returns a hash of all whole lines so far, against chance. */
    long hash() {
        return hash;
    }

    private void makeRoom() {
        if (limit < MOST_LINE_BYTES) {
            window = Arrays.copyOf(window, 2 * limit + WORD);
        } else {
            isTooLong = true;
            limit = 0;
        }
    }

    private void takeLines() {
        int from = 0;
        for (int to = lineEnd(from); to >= 0; to = lineEnd(from)) {
            if (isTooLong) {
                isTooLong = false;
            } else {
                hash = lineHash;
                line(from, to);
            }
            from = to + 1;
        }
        if (isTooLong) {
            limit = 0;
        } else if (from > 0) {
            System.arraycopy(window, from, window, 0, limit - from);
            limit -= from;
        }
    }

    /** Returns where the line at {@code from} ends, −1 if its end has not come; hashes it on the way. */
    private int lineEnd(int from) {
        long sum = hash;
        for (int at = from; at < limit; at += WORD) {
            long word = (long) WORDS.get(window, at);
            long zeros = word ^ NEW_LINES;
            long found = (zeros - ONES) & ~zeros & HIGH; // the lowest mark is right, those above it may not be
            if (found != 0) {
                int bytes = Long.numberOfTrailingZeros(found) >>> 3;
                if (at + bytes >= limit) {
                    return -1; // what stands there is of an earlier line
                }
                long kept = bytes == 0 ? 0 : word & (-1L >>> (Long.SIZE - 8 * bytes));
                lineHash = (Long.rotateLeft(sum, 23) ^ kept) * M + bytes;
                return at + bytes;
            }
            sum = (Long.rotateLeft(sum, 23) ^ word) * M;
        }
        return -1;
    }

    private void line(int from, int to) {
        if (from == to) {
            return;
        }
        int start = from;
        while (start < to && (window[start] == ' ' || window[start] == '\t')) {
            start++;
        }
        if (start < to && window[start] == '#') {
            comment(start, to);
            return;
        }
        for (MetricSeries series : wanted) {
            if (isNamed(series, start, to) && sample.read(window, start + series.name().length, to)) {
                series.offer(sample);
            }
        }
    }

    /** A declaration of what a metric is, {@code # TYPE name type}, concerns all samples that follow. */
    private void comment(int from, int to) {
        int start = from + TYPE.length;
        if (start >= to || !Arrays.equals(window, from, start, TYPE, 0, TYPE.length)) {
            return;
        }
        for (MetricSeries series : wanted) {
            if (isNamed(series, start, to)) {
                int at = start + series.name().length;
                series.isOfType(new String(window, at, to - at, StandardCharsets.ISO_8859_1).strip());
            }
        }
    }

    private boolean isNamed(MetricSeries series, int from, int to) {
        byte[] name = series.name();
        int end = from + name.length;
        if (end >= to) {
            return false;
        }
        byte after = window[end];
        return (after == '{' || after == ' ' || after == '\t')
                && Arrays.equals(window, from, end, name, 0, name.length);
    }
}
