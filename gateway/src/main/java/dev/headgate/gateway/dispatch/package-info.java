/**
 * The dispatcher: tasks come over HTTP or from Java, workers over a WebSocket, and the core decides.
 *
 * <p>Start with {@link dev.headgate.gateway.dispatch.Dispatcher}, which owns the router and the serial context that it is
 * confined to. A {@link dev.headgate.gateway.dispatch.WorkerSession} is one worker's connection and turns frames into
 * the router's words; {@link dev.headgate.gateway.dispatch.WorkerSessions} turns the router's commands into frames. A
 * {@link dev.headgate.gateway.dispatch.WorkerRouter} is what chooses among workers, as operators see it. No decision is made
 * here.
 */
@NullMarked
package dev.headgate.gateway.dispatch;

import org.jspecify.annotations.NullMarked;
