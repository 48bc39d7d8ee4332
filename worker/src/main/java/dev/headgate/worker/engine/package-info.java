/**
 * What a worker needs from something that can run models.
 *
 * <p>Start with {@link dev.headgate.worker.engine.Engine}: it names its task types, predicts a model's size, and loads a
 * label into a {@link dev.headgate.worker.engine.LoadedModel}, which runs batches of
 * {@link dev.headgate.worker.engine.EngineTask}. What a task may end in is the closed set
 * {@link dev.headgate.worker.engine.TaskOutcome}; a load that fails throws
 * {@link dev.headgate.worker.engine.LoadFailure} with one sentence for the operator.
 *
 * <p>Invariants: a batch has one outcome per task, in order; a cancelled task ends as
 * {@link dev.headgate.worker.engine.TaskOutcome.Cancelled}; engines are thread-safe and know nothing of the wire.
 *
 * <p>To add an engine, implement the two interfaces in a package of its own and name it in the worker's options. This
 * package imports no other package of Headgate.
 */
@NullMarked
package dev.headgate.worker.engine;

import org.jspecify.annotations.NullMarked;
