/**
 * May this endpoint be used now, and what is learnt from an outcome: concurrency limits and exclusions.
 *
 * <p>Start with {@link dev.headgate.core.guard.Cooldown}. May import {@code time}, {@code request}, {@code pool}
 * and {@code signal}.
 */
@NullMarked
package dev.headgate.core.guard;

import org.jspecify.annotations.NullMarked;
