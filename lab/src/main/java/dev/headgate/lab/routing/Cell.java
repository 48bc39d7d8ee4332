package dev.headgate.lab.routing;

import dev.headgate.lab.workload.Workload;

/**
 * What policies are compared under.
 *
 * @param workload the requests
 * @param speedup what their arrivals are divided by
 * @param signalAgeMicros how often engines' reports are refreshed
 */
public record Cell(Workload workload, double speedup, long signalAgeMicros) {
    /** Returns the same at another speed. */
    public Cell at(double other) {
        return new Cell(workload, other, signalAgeMicros);
    }
}
