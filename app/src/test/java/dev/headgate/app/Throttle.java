package dev.headgate.app;

import dev.headgate.lab.provider.Arrival;
import dev.headgate.lab.provider.Conduct;
import dev.headgate.lab.provider.Script;
import java.util.Map;

/** A model that answers so many requests a second and refuses the others with 429. Thread-safe. */
final class Throttle implements Script {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int perSecond;
    private final Conduct refusal;
    private long windowNanos; // both guarded by this
    private int taken;

    /** Counts in windows of one second; {@code hint} are the header fields of a refusal. */
    Throttle(int perSecond, Map<String, String> hint) {
        this.perSecond = perSecond;
        this.refusal = new Conduct.Refusal(429, hint, """
                {"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}""");
    }

    @Override
    public synchronized Conduct conduct(Arrival arrival) {
        long nowNanos = System.nanoTime();
        if (taken == 0 || nowNanos - windowNanos >= SECOND_NANOS) {
            windowNanos = nowNanos;
            taken = 0;
        }
        if (taken >= perSecond) {
            return refusal;
        }
        taken++;
        return Conduct.answer();
    }
}
