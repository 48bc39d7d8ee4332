package dev.headgate.gateway.relay;

import java.util.concurrent.atomic.LongAdder;

/** What is measured of each stream and answer of one pool, found once and then recorded without a look-up. Thread-safe. */
final class PoolMetrics {
    private static final long MILLI = 1_000_000;

    /** From the begin of an attempt to its first token. */
    final Histogram firstTokens = new Histogram(
            50 * MILLI,
            100 * MILLI,
            250 * MILLI,
            500 * MILLI,
            1000 * MILLI,
            2500 * MILLI,
            5000 * MILLI,
            10_000 * MILLI,
            30_000 * MILLI,
            60_000 * MILLI);

    /** Between two tokens. */
    final Histogram tokenGaps = new Histogram(
            5 * MILLI,
            10 * MILLI,
            25 * MILLI,
            50 * MILLI,
            100 * MILLI,
            250 * MILLI,
            1000 * MILLI,
            5000 * MILLI,
            30_000 * MILLI);

    /** From the end of a request to the commit of its answer. */
    final Histogram commits = new Histogram(
            10 * MILLI,
            50 * MILLI,
            100 * MILLI,
            250 * MILLI,
            500 * MILLI,
            1000 * MILLI,
            2500 * MILLI,
            5000 * MILLI,
            10_000 * MILLI,
            30_000 * MILLI,
            60_000 * MILLI);

    /** Tokens that came and that no caller was given. */
    final LongAdder wastedTokens = new LongAdder();
}
