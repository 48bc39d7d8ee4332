/**
 * Which of several endpoints gets a request.
 *
 * <p>Start with {@link dev.headgate.core.pick.RequestRouter}: one class that sees {@link dev.headgate.core.pick.Candidates}
 * and fills {@link dev.headgate.core.pick.Ranks}; it must not block. The same interface is what plug-ins implement.
 *
 * <p>{@link dev.headgate.core.pick.RoutingPolicies} makes the built-in ones by name; each is one class that states its rule
 * and its source, most of them a cost per candidate ({@link dev.headgate.core.pick.LowestCostRouter}). None allocates in a
 * choice. {@link dev.headgate.core.pick.Scorer} and {@link dev.headgate.core.pick.Filter} are what the weighted ones are made
 * of, {@link dev.headgate.core.pick.RouterPart} what composes with any. To add a policy: a class here, a line in
 * {@code RoutingPolicies}, a test of its rule; the laws in {@code RoutingPoliciesTest} then hold it too.
 *
 * <p>Invariants: the same seed and history give the same choices; a full endpoint is chosen only if all are full; a signal
 * that is no number never wins and never stops a choice. May import {@code time}, {@code request}, {@code pool},
 * {@code signal} and {@code guard}.
 */
@NullMarked
package dev.headgate.core.pick;

import org.jspecify.annotations.NullMarked;
