/**
 * A worker process: it holds a few models and runs the tasks that a dispatcher sends it.
 *
 * <p>Start with {@link dev.headgate.worker.Worker}, made from {@link dev.headgate.worker.WorkerOptions}. Inside,
 * {@code WorkerLoop} reads frames and is the map of the rest: {@code ResidentModels} loads and drops models within the
 * {@code MemoryLedger}, {@code TaskDesk} accepts, runs and cancels tasks, {@code UnackedResults} keeps results until the
 * dispatcher has them, {@code Departure} is how a worker leaves.
 *
 * <p>Invariants: one serial executor owns all state, loads and runs happen on threads of their own and report back to it;
 * every Assign is answered by Accepted or Rejected; every accepted task ends in exactly one TaskResult, kept until it is
 * acknowledged; a model is dropped only while nothing runs on it; the ledger is never exceeded.
 *
 * <p>To add an engine, implement {@link dev.headgate.worker.engine.Engine} and add a case to
 * {@code WorkerOptions.EngineKind}. This package may import every other package of the worker, and no other module.
 */
@NullMarked
package dev.headgate.worker;

import org.jspecify.annotations.NullMarked;
