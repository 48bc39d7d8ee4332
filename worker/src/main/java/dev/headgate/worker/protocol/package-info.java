/**
 * The wire between dispatcher and worker, shared by both ends.
 *
 * <p>The messages are generated from {@code worker.proto}: one {@link dev.headgate.worker.protocol.Frame} per binary
 * WebSocket message. Start with {@link dev.headgate.worker.protocol.WorkerProtocol} for the names and limits of the wire,
 * then {@link dev.headgate.worker.protocol.Parts} and {@link dev.headgate.worker.protocol.PartAssembly} for payloads that
 * do not fit into one frame, and {@link dev.headgate.worker.protocol.ModelsHash} for the check that both ends agree on
 * what a worker holds.
 *
 * <p>Invariants: a frame announces its payload's parts and precedes them; the parts of one payload travel in order, those
 * of different leases interleave. Fields and bodies are only ever added; unknown ones are ignored.
 *
 * <p>This is the only package of the worker that the gateway imports. It imports no other package of Headgate.
 */
@NullMarked
package dev.headgate.worker.protocol;

import org.jspecify.annotations.NullMarked;
