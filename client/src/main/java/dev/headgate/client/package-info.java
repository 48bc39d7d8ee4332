/**
 * Failover inside a Java application: the gateway's decisions without a gateway.
 *
 * <p>Start at {@link dev.headgate.client.FailoverClient}. A {@code ClientCall} is one request: it takes the steps that the
 * core's {@link dev.headgate.core.failover.FailoverCall} decides, and a {@code ClientAttempt} carries one of them out over a
 * {@link dev.headgate.client.Transport}. What comes back is read by an {@code Answer} of its kind and reaches the application
 * through a {@link dev.headgate.client.ResponseBody}.
 *
 * <p>Invariants: all of a call happens in its turn, one event after another, on whichever thread brings it; nothing there
 * blocks. The request that an attempt sends is built from the original each time. A key is in no message.
 *
 * <p>It imports the core and the JDK only; what knows an SDK is in an adapter.
 */
@NullMarked
package dev.headgate.client;

import org.jspecify.annotations.NullMarked;
