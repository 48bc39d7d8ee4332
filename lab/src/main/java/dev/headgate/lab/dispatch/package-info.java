/**
 * The dispatcher under a workload, in simulated or real time, and the report that both print.
 *
 * <p>Start with {@link dev.headgate.lab.dispatch.DispatchSimulation}: the production
 * {@link dev.headgate.core.route.PlacingRouter} with simulated workers and producers. A
 * {@link dev.headgate.lab.dispatch.DispatchWorkload} says what is asked, {@link dev.headgate.lab.dispatch.Presets} has the
 * named ones, and {@link dev.headgate.lab.dispatch.DispatchReport} what came out. The same workload, policy and seed give
 * the same report.
 */
@NullMarked
package dev.headgate.lab.dispatch;

import org.jspecify.annotations.NullMarked;
