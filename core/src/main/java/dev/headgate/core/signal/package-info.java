/**
 * What is known about endpoints and models: live counters, decaying averages, how fast an engine is
 * ({@link dev.headgate.core.signal.EngineLearner}) and what it has cached ({@link dev.headgate.core.signal.PrefixIndex}).
 *
 * <p>Every estimate says what it returns before the first sample. Nothing here decides. May import {@code time},
 * {@code request} and {@code pool}.
 */
@NullMarked
package dev.headgate.core.signal;

import org.jspecify.annotations.NullMarked;
