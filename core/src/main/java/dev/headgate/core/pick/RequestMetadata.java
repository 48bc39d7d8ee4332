package dev.headgate.core.pick;

import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.time.Deadline;

/**
 * What is known of a request besides its prompt. Texts are empty if unknown.
 *
 * @param requestId the caller's, not unique
 * @param internalId unique within the process; what to key a map by
 * @param callMethod the operation, as {@code chat}
 * @param route the path by which it came
 * @param app the application that it is for
 * @param multiplexedModelId the model or adapter that must be loaded for it
 * @param sessionId the conversation that it belongs to
 * @param streaming whether the caller wants the answer as it is made
 * @param protocol how it came
 * @param tenant who asks
 * @param priority higher first
 * @param deadline when it must have ended
 */
public record RequestMetadata(
        String requestId,
        long internalId,
        String callMethod,
        String route,
        String app,
        String multiplexedModelId,
        String sessionId,
        boolean streaming,
        Protocol protocol,
        String tenant,
        int priority,
        Deadline deadline) {
    /** Returns what {@code request} itself says, numbered {@code internalId}. */
    public static RequestMetadata of(InferenceRequest request, long internalId) {
        return new RequestMetadata(
                request.id(),
                internalId,
                request.taskType(),
                "",
                "",
                "",
                "",
                false,
                Protocol.UNDEFINED,
                request.tenant(),
                request.priority(),
                request.deadline());
    }

    /** How a request came. */
    public enum Protocol {
        HTTP,
        GRPC,
        UNDEFINED
    }
}
