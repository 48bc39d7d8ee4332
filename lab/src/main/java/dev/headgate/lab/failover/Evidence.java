package dev.headgate.lab.failover;

import dev.headgate.lab.provider.Try;
import java.util.List;

/**
 * All that is known of a lane once it has been played.
 *
 * @param models the lane's models
 * @param receptions what the caller received, in the order of its requests
 * @param answers the same, read
 * @param primary the tries that reached the primary model
 * @param fallback those that reached the fallback
 */
record Evidence(
        LaneModels models,
        List<Reception> receptions,
        List<ReceivedAnswer> answers,
        List<Try> primary,
        List<Try> fallback) {
    Evidence {
        receptions = List.copyOf(receptions);
        answers = List.copyOf(answers);
        primary = List.copyOf(primary);
        fallback = List.copyOf(fallback);
    }

    /** Returns the only request's reception. */
    Reception reception() {
        return receptions.getFirst();
    }

    /** Returns the only request's answer. */
    ReceivedAnswer answer() {
        return answers.getFirst();
    }

    /** Returns the seconds between a lane's first try and another. */
    double sinceFirst(Try later) {
        return (later.arrivedNanos() - primary.getFirst().arrivedNanos()) / 1e9;
    }
}
