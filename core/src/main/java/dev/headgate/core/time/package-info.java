/**
 * Time as the core sees it: monotonic nanoseconds that somebody else supplies.
 *
 * <p>Start with {@link dev.headgate.core.time.Ticker}. Nothing here reads a clock. Times are compared by subtraction, so
 * a ticker may wrap. This package imports no other package of the core.
 */
@NullMarked
package dev.headgate.core.time;

import org.jspecify.annotations.NullMarked;
