/**
 * Which of several endpoints gets a request that can be bound at once.
 *
 * <p>A {@link dev.headgate.core.pick.Picker} is one class that sees {@link dev.headgate.core.pick.Candidates} and returns
 * an index; it must not block or allocate. To add one: a class here, a line in {@link dev.headgate.core.pick.Pickers}, a
 * test. May import {@code time}, {@code request}, {@code pool}, {@code signal} and {@code guard}.
 */
@NullMarked
package dev.headgate.core.pick;

import org.jspecify.annotations.NullMarked;
