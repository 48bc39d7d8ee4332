package dev.headgate.core.failover;

import dev.headgate.core.pool.Place;
import dev.headgate.core.time.Ticker;
import java.util.random.RandomGenerator;

/** Which policy picks the backends of a pool in the place of {@link FailoverSettings#selection}. Immutable. */
public interface PolicySettings {
    /** Returns a policy as these settings have it; it gets its backends by {@link PoolPolicy#changed}. */
    PoolPolicy open(Ground ground);

    /**
     * What a policy stands on.
     *
     * @param pool the pool's name
     * @param ticker the router's time
     * @param random shared by threads
     * @param port asks backends about themselves
     * @param listener hears how the policy fares
     * @param self where this process runs
     */
    record Ground(
            String pool,
            Ticker ticker,
            RandomGenerator random,
            BackendPort port,
            FailoverListener listener,
            Place self) {}
}
