/**
 * Which of several backends a request goes to, and what follows if that fails (gateway.md §2–§9, §11–§15).
 *
 * <p>Start at {@link dev.headgate.core.failover.FailoverRouter}: it opens a {@link dev.headgate.core.failover.FailoverCall}
 * for each request, which returns one {@link dev.headgate.core.failover.Step} after another, and is told through an
 * {@link dev.headgate.core.failover.Attempt} how each went. {@code AttemptLoop} decides what follows an attempt,
 * {@code Selection} picks, {@code Candidate} is a backend as it may serve one model, {@code Health} applies what attempts
 * teach, and {@code Conclusion} is the answer when nothing worked; a pool with a policy asks its
 * {@link dev.headgate.core.failover.PoolPolicy}. What other processes know comes in by
 * {@link dev.headgate.core.failover.SharedNews}.
 *
 * <p>A call belongs to one thread at a time; what calls share is atomic. Configuration is an immutable {@code Routing} that
 * calls keep; what is known of a backend is in {@code BackendState} and {@code ModelState}, which a reload hands on.
 *
 * <p>Invariants: a backend is tried at most once per model and request, save what gateway.md §3 lists; every attempt ends
 * exactly once and gives back what it took; what is decided about a call stays decided. The request path takes no lock.
 *
 * <p>It knows neither policies nor workers, so that the client library can be had without them.
 */
@NullMarked
package dev.headgate.core.failover;

import org.jspecify.annotations.NullMarked;
