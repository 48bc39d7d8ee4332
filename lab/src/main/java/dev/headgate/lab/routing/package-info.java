/**
 * Routing policies under recorded and generated traffic, in simulated time (simulator.md): the production
 * {@link dev.headgate.core.route.PoolRouter} in front of modelled engines, its metrics, and policies compared in pairs.
 *
 * <p>Start with {@link dev.headgate.lab.routing.RoutingSimulation}, one run. {@link dev.headgate.lab.routing.Experiment} is all
 * runs of a report, {@link dev.headgate.lab.routing.RoutingReport} what came out and
 * {@link dev.headgate.lab.routing.RoutingText} and {@link dev.headgate.lab.routing.RoutingJson} how it is told.
 *
 * <p>The same settings, policy and seed give the same run, whatever else runs beside it; the policy sees only what
 * {@link dev.headgate.core.pick.Candidates} offers.
 */
@NullMarked
package dev.headgate.lab.routing;

import org.jspecify.annotations.NullMarked;
