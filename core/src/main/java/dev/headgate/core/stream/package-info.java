/**
 * Streamed answers: what each event of an SSE stream means, which bytes reach the caller when, and how a stream that
 * broke is taken up again on another backend.
 *
 * <p>Start with {@link dev.headgate.core.stream.StreamReader}, one per attempt, and
 * {@link dev.headgate.core.stream.StreamDelivery}, one per call: what the caller has. Bytes go in as buffers and come
 * out as ranges of the same buffers through {@link dev.headgate.core.stream.StreamOutput}; nothing is allocated per
 * event. Timers, sockets and the choice of backend are the edge's. May import {@code time}, {@code request} and
 * {@code pool}.
 */
@NullMarked
package dev.headgate.core.stream;

import org.jspecify.annotations.NullMarked;
