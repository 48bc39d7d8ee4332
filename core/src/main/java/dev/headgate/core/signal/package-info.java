/**
 * What is known about endpoints and models: live counters and decaying averages.
 *
 * <p>Every estimate says what it returns before the first sample. Nothing here decides. May import {@code time},
 * {@code request} and {@code pool}.
 */
@NullMarked
package dev.headgate.core.signal;

import org.jspecify.annotations.NullMarked;
