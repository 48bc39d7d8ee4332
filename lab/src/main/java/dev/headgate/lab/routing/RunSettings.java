package dev.headgate.lab.routing;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.workload.Fleet;
import java.util.Optional;

/**
 * What all runs of a report have in common.
 *
 * @param engine the engines' constants
 * @param fleet the replicas, unless a workload has its own
 * @param slo what a good answer keeps
 * @param routers router processes, each of which sees only its own requests
 * @param measuring whether what a decision costs is measured
 * @param sources where routers come from
 * @param flow how requests wait in the router, empty = they are bound at once
 */
public record RunSettings(
        EngineConstants engine,
        Fleet fleet,
        Slo slo,
        int routers,
        Measuring measuring,
        RouterSource sources,
        Optional<FlowSettings> flow) {
    public RunSettings {
        if (routers < 1) {
            throw new IllegalArgumentException("routers: " + routers + " (expected: >= 1)");
        }
    }

    /** Creates settings under which requests are bound at once. */
    public RunSettings(
            EngineConstants engine, Fleet fleet, Slo slo, int routers, Measuring measuring, RouterSource sources) {
        this(engine, fleet, slo, routers, measuring, sources, Optional.empty());
    }

    /** Returns the same with requests that wait as {@code other} says. */
    public RunSettings flowing(FlowSettings other) {
        return new RunSettings(engine, fleet, slo, routers, measuring, sources, Optional.of(other));
    }

    /** Returns whether a request is bound to its replica as soon as it may go on. */
    boolean bindsEarly() {
        return flow.isEmpty() || flow.get().binding().when() == FlowBinding.When.EARLY;
    }

    /** Returns the same on {@code other}. */
    public RunSettings on(Fleet other) {
        return new RunSettings(engine, other, slo, routers, measuring, sources, flow);
    }

    /** Returns the same with engines that hold {@code slots} adapters. */
    RunSettings holdingAdapters(int slots) {
        return new RunSettings(engine.holdingAdapters(slots), fleet, slo, routers, measuring, sources, flow);
    }

    /** What is done about the time that a decision takes on this machine. */
    public enum Measuring {
        /** Nothing, so that the same run gives the same report anywhere. */
        OFF,
        /** It is reported. */
        REPORTED,
        /** It is reported, and simulated time passes as well. */
        CHARGED
    }
}
