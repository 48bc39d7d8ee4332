/** What the core's tests share: a clock that they move, and seeds that are named when a generated history fails. */
@NullMarked
package dev.headgate.core.testing;

import org.jspecify.annotations.NullMarked;
