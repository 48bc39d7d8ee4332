package dev.headgate.core.guard;

import dev.headgate.core.guard.LeasedBucket.Errand;
import dev.headgate.core.guard.LeasedBucket.Returned;

/** The lender's side of a limit, as the script on the server does it, in nanoseconds. */
final class FakeLender {
    private final double unitNanos;
    private final double burstNanos;
    private double drainedAt;
    private double givenBack;
    private long grantedWait;

    FakeLender(long perMinute, long burst) {
        unitNanos = 60e9 / perMinute;
        burstNanos = burst * unitNanos;
    }

    /** Does an errand; returns the stamp of what was lent, 0 if nothing was, after which {@link #waitNanos} tells. */
    long run(Errand errand, long nowNanos) {
        for (Returned each : errand.returned()) {
            double room = each.stamp() - givenBack - nowNanos - LeasedBucket.HOLD_NANOS;
            double credit = Math.min(Math.floor(each.amount() * unitNanos), room);
            if (credit > 0) {
                givenBack += credit;
                drainedAt -= credit;
            }
        }
        if (errand.debt() > 0) {
            drainedAt = Math.max(drainedAt, nowNanos) + Math.ceil(errand.debt() * unitNanos);
        }
        double cost = Math.ceil(errand.ask() * unitNanos);
        double full = Math.max(drainedAt, nowNanos) + cost - nowNanos - burstNanos;
        if (errand.ask() == 0 || full > 1) {
            grantedWait = (long) Math.max(0, full);
            return 0;
        }
        drainedAt = Math.max(drainedAt, nowNanos + LeasedBucket.HOLD_NANOS) + cost;
        return (long) (drainedAt + givenBack);
    }

    long waitNanos() {
        return grantedWait;
    }
}
