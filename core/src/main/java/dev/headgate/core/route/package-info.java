/**
 * The façade: a request goes in, a {@link dev.headgate.core.route.Decision} comes out.
 *
 * <p>Start with {@link dev.headgate.core.route.Router}. {@link dev.headgate.core.route.PoolRouter} binds at once when an
 * endpoint has room, by a {@link dev.headgate.core.pick.RequestRouter}; {@link dev.headgate.core.route.PlacingRouter} binds late,
 * when a worker can run the task. Both give a {@link dev.headgate.core.route.Lease} that is completed exactly once, and both report to a
 * {@link dev.headgate.core.route.RouterListener}.
 *
 * <p>A {@code PoolRouter} is one state machine whose parts share a {@code PoolContext}: {@code Passes} is the loop of a call
 * that waits, {@code Probes} asks endpoints, {@code Assignments} is the life of an attempt and {@code PoolAttempts} how it
 * ends, {@code Membership} says who belongs, {@code Members} are the candidates of every choice, {@code InstalledRouter} is
 * what chooses and {@code RouterSwap} replaces it. What is heard of endpoints comes in by
 * {@link dev.headgate.core.route.PoolSignals}.
 *
 * <p>In a {@code PlacingRouter}, {@link dev.headgate.core.route.WorkerChoices} sets a router among workers that could all run a
 * task: {@code WorkerPool} is a {@code PoolRouter} over them in which nothing waits, {@code WorkerChoice} one task's question.
 *
 * <p>A pool of backends with failover has a {@code PolicyPool}: a {@code PoolRouter} behind a lock, which
 * {@link dev.headgate.core.failover.FailoverCall}s ask. May import all packages of the core.
 */
@NullMarked
package dev.headgate.core.route;

import org.jspecify.annotations.NullMarked;
