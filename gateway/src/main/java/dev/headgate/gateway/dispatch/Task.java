package dev.headgate.gateway.dispatch;

import com.google.protobuf.ByteString;
import java.time.Duration;

/**
 * One task to be run by a worker.
 *
 * @param taskId the caller's name for it, an echo
 * @param taskType what to do: {@code embed_texts}, {@code tokenize}, {@code sleep}, …
 * @param label the model
 * @param parameters the parameters as JSON text in UTF-8
 * @param priority −10 to 10, higher first
 * @param tenant who asks, empty without authentication
 * @param deadline how long it may take in all
 * @param isIdempotent whether it may be tried again after a worker that had begun it was lost
 */
public record Task(
        String taskId,
        String taskType,
        String label,
        ByteString parameters,
        int priority,
        String tenant,
        Duration deadline,
        boolean isIdempotent) {
    /** Returns the size instead of the parameters, which may hold what a user wrote. */
    @Override
    public String toString() {
        return "Task[" + taskId + " " + taskType + " " + label + " " + parameters.size() + " bytes]";
    }
}
