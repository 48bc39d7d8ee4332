package dev.headgate.worker.engine;

import com.google.protobuf.ByteString;

/** How one task ended. */
public sealed interface TaskOutcome {
    /**
     * The task produced a result.
     *
     * @param json the result object as UTF-8
     * @param tokenizeMicros time spent on tokenising, part of the run
     */
    record Succeeded(ByteString json, long tokenizeMicros) implements TaskOutcome {
        /** Returns the size; never the result, which may quote a prompt. */
        @Override
        public String toString() {
            return "Succeeded[" + json.size() + " bytes]";
        }
    }

    /**
     * The task cannot be done.
     *
     * @param code a short name that programs switch on, for example {@code text_too_long}
     * @param message one sentence for people; names the offending index and never quotes a prompt
     * @param isRetryable whether another worker or another try may succeed
     */
    record Failed(String code, String message, boolean isRetryable) implements TaskOutcome {}

    /** The task was cancelled before it had a result. */
    record Cancelled() implements TaskOutcome {}
}
