/**
 * A worker's connection to its dispatcher.
 *
 * <p>Start with {@link dev.headgate.worker.link.DispatcherLink}: it connects, reconnects for ever with a jittered backoff,
 * and hands decoded frames to its {@link dev.headgate.worker.link.LinkListener}. What goes out passes through the
 * {@code Outbox} of the connection, which lets control frames overtake the parts of large results.
 *
 * <p>Invariants: frames of a connection are delivered in order on one thread, and none after it is reported closed; one
 * frame is in flight at a time; a bad frame costs its own connection only. This package imports {@code protocol} and
 * nothing else of Headgate.
 */
@NullMarked
package dev.headgate.worker.link;

import org.jspecify.annotations.NullMarked;
