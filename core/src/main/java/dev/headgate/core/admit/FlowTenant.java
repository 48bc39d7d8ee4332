package dev.headgate.core.admit;

import dev.headgate.core.signal.RecentSum;

/** What one tenant was served, as each rule of fairness counts it. */
final class FlowTenant {
    private static final double HALF_LIFE_NANOS = 60e9;

    /** Generating a token costs about twice what reading one does (VTC, OSDI'24). */
    private static final double OUTPUT_WEIGHT = 2;

    /** Short, so that a flood is known as one after a second. */
    private static final long RECENT_NANOS = 5_000_000_000L;

    private static final double NEWEST_WEIGHT = 0.1;

    final String name;
    final double weight;
    double counter; // tokens ÷ weight, for vtc
    double deficit; // tokens that it may still have in this round, for drr
    private double attained; // decaying, as of attainedAtNanos, for las
    private long attainedAtNanos;
    private final RecentSum recent = new RecentSum(RECENT_NANOS);
    private double meanOutput;
    int waiting; // over all bands

    FlowTenant(String name, double weight) {
        this.name = name;
        this.weight = weight;
    }

    void dispatched(int promptTokens, long nowNanos) {
        counter += promptTokens / weight;
        attain(promptTokens, nowNanos);
    }

    void produced(long outputTokens, long nowNanos) {
        counter += OUTPUT_WEIGHT * outputTokens / weight;
        meanOutput += NEWEST_WEIGHT * (outputTokens - meanOutput);
        attain(OUTPUT_WEIGHT * outputTokens, nowNanos);
    }

    /** Returns what a request of so many tokens is expected to cost. */
    double cost(int promptTokens) {
        return Math.max(1, promptTokens + OUTPUT_WEIGHT * meanOutput);
    }

    double attained(long nowNanos) {
        return attained * Math.exp(-Math.log(2) * (nowNanos - attainedAtNanos) / HALF_LIFE_NANOS) / weight;
    }

    /** Returns the tokens that it was served in the last seconds ÷ weight. */
    double recent(long nowNanos) {
        return recent.at(nowNanos) / weight;
    }

    private void attain(double tokens, long nowNanos) {
        recent.add(tokens, nowNanos);
        attained = attained(nowNanos) * weight + tokens;
        attainedAtNanos = nowNanos;
    }
}
