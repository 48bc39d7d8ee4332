/**
 * Who may wait, and in which order.
 *
 * <p>Start with {@link dev.headgate.core.admit.WaitingRoom}. {@link dev.headgate.core.admit.Admission} refuses before a
 * request is queued; a {@link dev.headgate.core.admit.Ticket} is one wait, granted at most once and never after it was
 * cancelled. May import {@code time}, {@code request}, {@code pool}, {@code signal}, {@code guard} and {@code pick}.
 */
@NullMarked
package dev.headgate.core.admit;

import org.jspecify.annotations.NullMarked;
