/**
 * What a gateway costs, measured beside others on one machine: the harness of performance.md.
 *
 * <p>Start with {@link dev.headgate.lab.gateway.GatewayBench}. All entrants run at once, pinned to one core, and take turns
 * under load: every round measures each of them once and the next goes in reverse order, so that a machine that is slow for
 * a while is slow for all, and ratios are of the same round. What an entrant costs is read from the operating system's
 * account of its processes, not from how fast it answers.
 *
 * <p>Figures are counted in {@link dev.headgate.lab.gateway.Race} and {@link dev.headgate.lab.gateway.QuietMeters}; {@link
 * dev.headgate.lab.gateway.GatewayTargets} holds them against their targets. It imports {@code lab.load} and {@code
 * lab.rival}; Headgate itself is an {@link dev.headgate.lab.gateway.Entrant} that the caller brings.
 */
@NullMarked
package dev.headgate.lab.gateway;

import org.jspecify.annotations.NullMarked;
