package dev.headgate.core.pick;

import dev.headgate.core.signal.EngineModel;

/**
 * What it costs, in seconds, that requests breach their target for the time per token.
 *
 * <p>A request keeps its target or breaches it, and none can breach it twice. Where there is more work than can be done in
 * time, another request costs much at an endpoint that is near its target, as all that run there come to breach it, and no
 * more than itself where all do already. So a few endpoints take what is too much, and the others stay in time.
 *
 * <p>Of the requests of an endpoint the share that breaches is taken to rise evenly from 0 to 1 while its predicted time per
 * token goes from 0.8 to 1.2 of the target: what runs beside a request changes while it runs, so that its own time is known
 * about as well as that. A price of 0 turns all of this off.
 */
final class TokenPace {
    private static final double NONE_BREACHES = 0.8;
    private static final double ALL_BREACH = 1.2;

    private final double price;
    private final double tpotTarget;
    private final double ttftBound;

    /**
     * Creates one.
     *
     * @param price the seconds that a breach costs, ≥ 0
     * @param tpotTarget the seconds per token that are in time
     * @param ttftTarget the seconds to the first token that are
     */
    TokenPace(double price, double tpotTarget, double ttftTarget) {
        this.price = price;
        this.tpotTarget = tpotTarget;
        // Whoever waits longer is delayed himself by what is computed before him, however late the answers are that
        // run.
        this.ttftBound = ttftTarget / 2;
    }

    /** Returns the share of {@code requests} with {@code resident} tokens in all that breaches the target, in [0, 1]. */
    double breaching(EngineModel engine, int requests, long resident) {
        if (price == 0) {
            return 0;
        }
        double used = engine.tpotSeconds(requests, resident) / tpotTarget;
        return Math.max(0, Math.min(1, (used - NONE_BREACHES) / (ALL_BREACH - NONE_BREACHES)));
    }

    /** Returns the price of one more request of {@code tokens}, after which there are {@code requests} with {@code resident}. */
    double seconds(EngineModel engine, int requests, long resident, int tokens) {
        double after = breaching(engine, requests, resident);
        double before = breaching(engine, requests - 1, resident - tokens);
        return price * ((requests - 1) * (after - before) + after);
    }

    /**
     * Returns the share of a delay that costs something, where the share {@code breaching} breaches its target anyway: all of it
     * once the first token takes half of its target, {@code ttftSeconds}, as prompts that wait are then what is delayed.
     */
    double delayed(double breaching, double ttftSeconds) {
        double used = ttftSeconds / ttftBound;
        return 1 - breaching * Math.max(0, 1 - used * used);
    }
}
