package dev.headgate.lab.failover;

import java.util.List;
import java.util.Map;

/**
 * What a caller received for one request. Times are {@link System#nanoTime()}.
 *
 * @param sentNanos when the request was sent
 * @param status the status; 0 if there was no head
 * @param headers names in lower case, the last of several
 * @param body what came of the body, without its chunks
 * @param events the events of it, if it is a stream
 * @param ending how it ended
 * @param endedNanos when it ended
 */
record Reception(
        long sentNanos,
        int status,
        Map<String, String> headers,
        String body,
        List<Event> events,
        Ending ending,
        long endedNanos) {
    /** How an answer ended. */
    enum Ending {
        /** As HTTP has it. */
        CLEAN,
        /** In the middle: closed, reset, or no HTTP. */
        BROKEN,
        /** Not within the caller's patience. */
        NEVER
    }

    /** An event of a stream; name is empty if it has none. */
    record Event(String name, String data, long nanos) {}

    boolean isStream() {
        return headers.getOrDefault("content-type", "").startsWith("text/event-stream");
    }

    double seconds() {
        return (endedNanos - sentNanos) / 1e9;
    }
}
