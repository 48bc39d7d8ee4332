/**
 * One routing pool that follows a script in simulated time: what a router decides, event by event (routing.md §10).
 *
 * <p>Start with {@link dev.headgate.lab.script.RoutingScript}: it reads a line, moves the clock to it and tells the production
 * {@link dev.headgate.core.route.PoolRouter}. {@code ScriptWorld} is the endpoints and callers, {@code ScriptLog} what is
 * printed, {@code RouterReader} reads a {@code router} object, and {@code Fields} reads any object and names what is wrong
 * with it. The same script and seed print the same text.
 */
@NullMarked
package dev.headgate.lab.script;

import org.jspecify.annotations.NullMarked;
