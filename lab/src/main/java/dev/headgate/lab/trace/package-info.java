/**
 * Recorded requests as inputs of the simulator, simulator.md §3: who came when, how long the prompt and the answer are, and
 * which beginnings prompts share. No text is ever kept.
 *
 * <p>Start with {@link dev.headgate.lab.trace.Trace}, which is a set of parallel arrays: a trace of a million requests has a
 * billion prompt tokens, and objects per block would not fit. {@link dev.headgate.lab.trace.TraceFiles} reads files, and
 * {@link dev.headgate.lab.trace.TraceFormat} lists the formats: a new one is a constant there and a
 * {@link dev.headgate.lab.trace.LineReader}. A line that makes no sense stops the reading with its number.
 */
@NullMarked
package dev.headgate.lab.trace;

import org.jspecify.annotations.NullMarked;
