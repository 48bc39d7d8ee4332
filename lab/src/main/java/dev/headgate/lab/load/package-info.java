/**
 * Load for gateways: a provider that answers at once or at an exact pace, and callers that send as fast as they get answers
 * or on a schedule.
 *
 * <p>Start with {@link dev.headgate.lab.load.InstantUpstream} and {@link dev.headgate.lab.load.ClosedLoad}. Both ends write
 * prepared bytes and read no more of HTTP than where a message ends, so that together they do several times what a gateway
 * does on the same machine. A {@link dev.headgate.lab.load.Workload} says what is asked for; the model's name tells the
 * upstream, whatever a gateway does to the rest of the request.
 *
 * <p>Each end has an event loop of its own. It imports Netty's transport and nothing of Headgate.
 */
@NullMarked
package dev.headgate.lab.load;

import org.jspecify.annotations.NullMarked;
