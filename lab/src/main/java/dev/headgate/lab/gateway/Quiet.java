package dev.headgate.lab.gateway;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * Figures that a noisy machine does not change. Null is what could not be measured: system calls where tracing is not
 * permitted, the heap of what is no JVM, anything of a gateway that gave no answers.
 *
 * @param syscallsPerRequest system calls for a JSON request
 * @param syscallsPerEvent system calls for an event of a stream that comes all at once
 * @param heapBytesPerRequest bytes allocated for a JSON request
 * @param heapBytesPerEvent bytes allocated for an event
 * @param residentBytesPerIdleStream what memory grows by with each further stream that waits for its next token
 */
@JsonPropertyOrder({
    "syscallsPerRequest",
    "syscallsPerEvent",
    "heapBytesPerRequest",
    "heapBytesPerEvent",
    "residentBytesPerIdleStream"
})
public record Quiet(
        @Nullable Double syscallsPerRequest,
        @Nullable Double syscallsPerEvent,
        @Nullable Double heapBytesPerRequest,
        @Nullable Double heapBytesPerEvent,
        @Nullable Double residentBytesPerIdleStream) {}
