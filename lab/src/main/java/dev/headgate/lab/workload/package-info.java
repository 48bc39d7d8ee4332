/**
 * The workloads of the routing simulator, simulator.md §4: recorded ones at another speed and generated ones.
 *
 * <p>Start with {@link dev.headgate.lab.workload.Workloads}, the named ones. A {@link dev.headgate.lab.workload.Workload} makes
 * the requests of a seed; arrivals and think times have generators of their own, so that whatever else draws never shifts them.
 * A new workload is a class that makes a {@link dev.headgate.lab.trace.Trace} from a seed, and an entry in {@code Workloads}.
 */
@NullMarked
package dev.headgate.lab.workload;

import org.jspecify.annotations.NullMarked;
