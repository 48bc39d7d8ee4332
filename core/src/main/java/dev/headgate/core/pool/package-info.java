/**
 * Who can serve: endpoints, their live set, and the serial context in which a pool changes.
 *
 * <p>Start with {@link dev.headgate.core.pool.Pool}. One serial owner mutates; readers see an immutable
 * {@link dev.headgate.core.pool.PoolSnapshot}. May import {@code time} and {@code request}.
 */
@NullMarked
package dev.headgate.core.pool;

import org.jspecify.annotations.NullMarked;
