package dev.headgate.lab.gateway;

import dev.headgate.lab.load.LoadCounts;
import dev.headgate.lab.load.Workload;

/**
 * One entrant under one load for a while.
 *
 * @param units requests, or events where the load is streams
 * @param errors answers that were none
 * @param cpuMicros CPU time of the entrant's processes for one unit; NaN if there was none
 * @param perSecond units a second
 */
record Sample(long units, long errors, double cpuMicros, double perSecond) {
    static Sample of(Workload workload, LoadCounts counts, double cpuMicros) {
        long units = workload.isStream() ? counts.events() : counts.answers();
        double each = units == 0 ? Double.NaN : cpuMicros / units;
        return new Sample(units, counts.errors(), each, units * 1e9 / counts.nanos());
    }
}
