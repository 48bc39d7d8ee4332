/**
 * The simulator against reality, as far as it can be had without a GPU: a gateway in real time before servers that run the
 * simulation's own engine model, and the simulator on the same requests; simulator.md §11 (c).
 *
 * <p>Start with {@link dev.headgate.lab.live.LiveComparison}. One run is a {@code LiveRun}: a {@code LiveServer} listens for
 * every replica, {@code LiveEngines} steps them at the times that the model says, a {@code LiveLoad} sends requests when
 * the trace says, and both are kept on time by a {@code Pacer}. {@code PromptText} makes prompts whose text shares exactly
 * the blocks that the trace's numbers share, so that the gateway's hashes see what the simulated router sees.
 *
 * <p>Model time never drifts: a step ends when the one before ended plus what the model says, however late it is told. What
 * is late is counted. The gateway is started by whoever knows how, through {@link dev.headgate.lab.live.LiveGateway}; nothing
 * here imports it.
 */
@NullMarked
package dev.headgate.lab.live;

import org.jspecify.annotations.NullMarked;
