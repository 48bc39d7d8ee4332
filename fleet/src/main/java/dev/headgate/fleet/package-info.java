/**
 * State that several processes share over Redis or Valkey, so that what one learns of a backend all know (gateway.md §12).
 *
 * <p>Start with {@link dev.headgate.fleet.SharedState}: it is the {@link dev.headgate.core.failover.SharedPort} of a router
 * and feeds its {@link dev.headgate.core.failover.SharedNews}. Everything here belongs to one thread, {@code headgate-fleet};
 * request threads only leave notes for it. {@code RedisLink} is the way to the server, {@code Script} what is done there.
 *
 * <p>Invariants: no request waits for Redis or fails because of it. All that is shared merges without order, so there are
 * no locks and no versions. Durations travel, so that clocks need not agree. Keys and values hold ids, numbers and causes.
 * What is noted for the thread is bounded; while Redis is away, nothing is queued.
 *
 * <p>To share something more: a script, a class like {@code CooldownRegisters} that writes and reads it, and a method of
 * {@code SharedPort} and {@code SharedNews}. Imports the core and Lettuce only.
 */
@NullMarked
package dev.headgate.fleet;

import org.jspecify.annotations.NullMarked;
