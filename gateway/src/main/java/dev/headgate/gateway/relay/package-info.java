/**
 * The proxy: a caller's request goes to the best of several backends and, when that fails, to the next.
 *
 * <p>Start with {@link dev.headgate.gateway.relay.RelayHandler}. The core decides who is asked and what an answer means; this
 * package rebuilds the request for each attempt from the caller's original, moves bytes both ways and keeps the limits of
 * time. May import {@code http} and {@code upstream}.
 *
 * <p>Invariants: a credential of one backend never reaches another; nothing of an attempt reaches the caller before it is
 * committed; every attempt is told exactly once how it ended; no value of a credential, prompt or completion is logged.
 */
@NullMarked
package dev.headgate.gateway.relay;

import org.jspecify.annotations.NullMarked;
