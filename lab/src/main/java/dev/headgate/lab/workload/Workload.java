package dev.headgate.lab.workload;

import dev.headgate.lab.trace.Trace;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Requests that are offered to a fleet.
 *
 * @param name as reports call it
 * @param format of its file, {@code generated} without one
 * @param sha256 of its file, empty without one
 * @param requests makes the requests of a seed, at their original speed
 * @param jitter how rounded times are spread
 * @param fleet the fleet that belongs to it, empty if any will do
 * @param adapters how many of the adapters that requests name an engine holds; 0 = they name none
 * @param notes what was mended on reading
 */
public record Workload(
        String name,
        String format,
        String sha256,
        LongFunction<Trace> requests,
        Spread jitter,
        Optional<Fleet> fleet,
        int adapters,
        List<String> notes) {
    public Workload {
        notes = List.copyOf(notes);
    }

    /** Returns a generated workload. */
    static Workload generated(String name, LongFunction<Trace> requests) {
        return new Workload(name, "generated", "", requests, Spread.OFF, Optional.empty(), 0, List.of());
    }

    /** Returns the same requests for engines that hold {@code slots} adapters. */
    Workload withAdapters(int slots) {
        return new Workload(name, format, sha256, requests, jitter, fleet, slots, notes);
    }

    /** Returns the same requests before {@code other}, called {@code newName}. */
    public Workload on(Fleet other, String newName) {
        return new Workload(newName, format, sha256, requests, jitter, Optional.of(other), adapters, notes);
    }

    /** Returns the same requests, with their times spread as {@code other} says, called {@code newName}. */
    public Workload spread(Spread other, String newName) {
        return new Workload(newName, format, sha256, requests, other, fleet, adapters, notes);
    }

    /** Returns the requests of {@code seed}, all arrivals spread and then divided by {@code speedup}. */
    public Trace offered(long seed, double speedup) {
        Trace spread = jitter.apply(requests.apply(seed), seed);
        if (speedup == 1) {
            return spread;
        }
        long[] arrivals = spread.arrivals();
        for (int r = 0; r < arrivals.length; r++) {
            if (arrivals[r] != Trace.AFTER_ANSWER) {
                arrivals[r] = (long) (arrivals[r] / speedup);
            }
        }
        return spread.withArrivals(arrivals);
    }
}
