/**
 * What backends are asked about themselves: engines' metrics, how many requests they have, and what they tell routers
 * (routing.md §3, §8).
 *
 * <p>Start with {@link dev.headgate.gateway.signal.BackendSignals}. Each backend has one event loop on which it is asked,
 * over the connections that requests use as well; what it says goes to the core's router, which decides what it means. May
 * import {@code upstream}.
 *
 * <p>Invariants: a backend is asked the same thing once at a time; an answer is bounded in size and time, and one that
 * broke off tells nothing; a backend's credential goes to that backend's own port only; who does not answer is asked ever
 * more seldom, and no request waits for it.
 */
@NullMarked
package dev.headgate.gateway.signal;

import org.jspecify.annotations.NullMarked;
