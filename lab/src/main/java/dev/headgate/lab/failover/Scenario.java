package dev.headgate.lab.failover;

import java.util.List;
import java.util.Locale;

/**
 * A fault and what a gateway should make of it.
 *
 * @param id such as S08
 * @param fault what goes wrong
 * @param ideal what should come of it
 * @param lanes the ways in which it is played, each with models of its own
 */
public record Scenario(String id, String fault, String ideal, List<Lane> lanes) {
    /** Copies the lanes. */
    public Scenario {
        lanes = List.copyOf(lanes);
    }

    LaneModels models(Lane lane) {
        String plain = id.toLowerCase(Locale.ROOT);
        return LaneModels.of(lane.name().equals(Lane.STREAMED) ? plain : plain + "-" + lane.name());
    }
}
