package dev.headgate.core.request;

import dev.headgate.core.time.Deadline;

/**
 * One request as routing sees it. The payload stays with the edge.
 *
 * @param id the caller's id or one made up; an echo, not unique
 * @param model the model, label or alias that is asked for
 * @param taskType what to do with it: {@code embed_texts}, {@code chat}, …
 * @param bodyBytes size of the payload, ≥ 0; counts against the byte limit while the request waits
 * @param priority −10 to 10, higher first
 * @param tenant who asks; {@link #ANYONE} without authentication
 * @param deadline when it must have ended
 * @param isIdempotent whether another attempt is allowed after one that may have been processed
 * @param prompt what its engine reads first; {@link Prompt#NONE} if routing does not look at it
 */
public record InferenceRequest(
        String id,
        String model,
        String taskType,
        long bodyBytes,
        int priority,
        String tenant,
        Deadline deadline,
        boolean isIdempotent,
        Prompt prompt) {
    /** The tenant of callers that need no token. */
    public static final String ANYONE = "";

    /** The range of {@code priority}. */
    public static final int MIN_PRIORITY = -10;

    /** The range of {@code priority}. */
    public static final int MAX_PRIORITY = 10;

    public InferenceRequest {
        if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException("priority: " + priority + " (expected: -10 to 10)");
        }
        if (bodyBytes < 0) {
            throw new IllegalArgumentException("bodyBytes: " + bodyBytes + " (expected: >= 0)");
        }
    }

    /** Returns a request with priority 0 and no deadline that may be tried again. */
    public static InferenceRequest of(String id, String model, String taskType) {
        return new InferenceRequest(id, model, taskType, 0, 0, ANYONE, Deadline.NEVER, true, Prompt.NONE);
    }

    /** Returns this request with another deadline. */
    public InferenceRequest withDeadline(Deadline other) {
        return new InferenceRequest(id, model, taskType, bodyBytes, priority, tenant, other, isIdempotent, prompt);
    }

    /** Returns this request asked by {@code other} at {@code otherPriority}. */
    public InferenceRequest asTenant(String other, int otherPriority) {
        return new InferenceRequest(
                id, model, taskType, bodyBytes, otherPriority, other, deadline, isIdempotent, prompt);
    }

    /** Returns this request with a payload of {@code bytes}. */
    public InferenceRequest withBodyBytes(long bytes) {
        return new InferenceRequest(id, model, taskType, bytes, priority, tenant, deadline, isIdempotent, prompt);
    }

    /** Returns this request, never tried again once a worker may have begun it. */
    public InferenceRequest onlyOnce() {
        return new InferenceRequest(id, model, taskType, bodyBytes, priority, tenant, deadline, false, prompt);
    }

    /** Returns this request with {@code other} as its prompt. */
    public InferenceRequest withPrompt(Prompt other) {
        return new InferenceRequest(id, model, taskType, bodyBytes, priority, tenant, deadline, isIdempotent, other);
    }
}
