/**
 * The façade: a request goes in, a {@link dev.headgate.core.route.Decision} comes out.
 *
 * <p>Start with {@link dev.headgate.core.route.Router}. {@link dev.headgate.core.route.PickingRouter} binds at once when an
 * endpoint has room; {@link dev.headgate.core.route.PlacingRouter} binds late, when a worker can run the task. Both give a
 * {@link dev.headgate.core.route.Lease} that is completed exactly once, and both report to a
 * {@link dev.headgate.core.route.RouterListener}. May import all packages of the core.
 */
@NullMarked
package dev.headgate.core.route;

import org.jspecify.annotations.NullMarked;
