/**
 * A model of an inference engine that batches continuously, simulator.md §5: what a step costs, what the key-value cache holds,
 * who waits and who is preempted.
 *
 * <p>Start with {@link dev.headgate.lab.engine.Replica}: one engine. {@link dev.headgate.lab.engine.EngineConstants} has the
 * presets, {@link dev.headgate.lab.engine.BlockCache} the cached beginnings and {@link dev.headgate.lab.engine.RequestStates}
 * how far each request is. Time is in whole microseconds, moved by {@link dev.headgate.lab.engine.Clock}. Absolute times are a
 * model that no hardware has confirmed: compare policies by it, nothing else.
 *
 * <p>Nothing here knows of routing.
 */
@NullMarked
package dev.headgate.lab.engine;

import org.jspecify.annotations.NullMarked;
