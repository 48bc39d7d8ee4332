package dev.headgate.core.request;

import java.util.Locale;

/**
 * The closed taxonomy of failures. One row fixes what every door shows for it.
 *
 * <p>The rows follow dispatch.md §4, §5 and §17, and gateway.md §7 and §13, and routing.md §2 and §9. The metric label and the error code are the lower-case name.
 */
public enum FailureKind {
    /** The request itself is malformed or asks for something that cannot be. */
    INVALID_REQUEST(400, 3, "invalid_request_error", Processed.NO, false),
    /** The caller's token is missing or unknown. */
    UNAUTHORIZED(401, 16, "authentication_error", Processed.NO, false),
    /** There is nothing at the path. */
    NOT_FOUND(404, 5, "invalid_request_error", Processed.NO, false),
    /** The path does not take the method. */
    METHOD_NOT_ALLOWED(405, 12, "invalid_request_error", Processed.NO, false),
    /** No worker and no source knows the label. */
    UNKNOWN_LABEL(404, 5, "invalid_request_error", Processed.NO, false),
    /** The body is larger than the limit. */
    TOO_LARGE(413, 8, "invalid_request_error", Processed.NO, false),
    /** No connected worker knows the task type. */
    UNKNOWN_TASK_TYPE(422, 12, "invalid_request_error", Processed.NO, false),
    /** A waiting queue is full: by label, tenant, count or bytes. */
    QUEUE_FULL(429, 8, "rate_limit_error", Processed.NO, true),
    /** The pool is saturated, and the request is shed or does not fit into the waiting room. */
    REJECTED_SATURATED(429, 8, "rate_limit_error", Processed.NO, true),
    /** The request waited for a saturated pool as long as one may. */
    REJECTED_TTL_EXPIRED(429, 8, "rate_limit_error", Processed.NO, true),
    /** The predicted wait and run do not fit into the deadline. */
    WOULD_MISS_DEADLINE(429, 8, "rate_limit_error", Processed.NO, true),
    /** The caller went away. */
    CANCELLED(499, 1, "cancelled", Processed.MAYBE, false),
    /** No route or backend serves the model. */
    MODEL_NOT_FOUND(404, 5, "invalid_request_error", Processed.NO, false),
    /** The body is larger than the gateway takes. */
    REQUEST_TOO_LARGE(413, 8, "invalid_request_error", Processed.NO, false),
    /** Backends of the model asked for fewer requests, or their limits are used up. */
    ALL_BACKENDS_THROTTLED(429, 8, "rate_limit_error", Processed.NO, true),
    /** The worker's handler reported an error. */
    TASK_FAILED(500, 13, "server_error", Processed.YES, false),
    /** The result is larger than the limit. */
    RESULT_TOO_LARGE(500, 8, "server_error", Processed.YES, false),
    /** The worker was lost while it may have been running the task. */
    WORKER_LOST(502, 14, "server_error", Processed.MAYBE, true),
    /** Every attempt was lost with its worker. */
    POISONED(502, 10, "server_error", Processed.MAYBE, false),
    /** The model failed to load wherever it was tried. */
    MODEL_LOAD_FAILED(502, 9, "server_error", Processed.NO, false),
    /** No backend could be reached, or none answered in HTTP. */
    UPSTREAM_UNREACHABLE(502, 14, "server_error", Processed.MAYBE, true),
    /** A stream broke after its first byte was released, and could not be taken up again. */
    STREAM_INTERRUPTED(502, 14, "server_error", Processed.YES, false),
    /** No backend of the model may be called at the moment. */
    NO_BACKEND_AVAILABLE(503, 14, "server_error", Processed.NO, true),
    /** A circuit breaker or a buffer limit has no room. */
    OVERLOADED(503, 14, "server_error", Processed.NO, true),
    /** As many requests wait for the pool as may. */
    BACK_PRESSURE(503, 14, "server_error", Processed.NO, true),
    /** The request waited for an endpoint as long as one may, and the pool has none. */
    REJECTED_NO_ENDPOINTS(503, 14, "server_error", Processed.NO, true),
    /** No worker is connected, or the server is draining. */
    NO_WORKERS(503, 14, "server_error", Processed.NO, true),
    /** Every worker that knows the label is excluded for it at the moment. */
    MODEL_UNAVAILABLE(503, 14, "server_error", Processed.NO, true),
    /** No backend answered in time. */
    UPSTREAM_TIMEOUT(504, 4, "server_error", Processed.MAYBE, true),
    /** The deadline passed. */
    DEADLINE_EXCEEDED(504, 4, "server_error", Processed.MAYBE, false);

    private final int httpStatus;
    private final int grpcCode;
    private final String openAiType;
    private final Processed processed;
    private final boolean retryable;
    private final String code;

    FailureKind(int httpStatus, int grpcCode, String openAiType, Processed processed, boolean retryable) {
        this.httpStatus = httpStatus;
        this.grpcCode = grpcCode;
        this.openAiType = openAiType;
        this.processed = processed;
        this.retryable = retryable;
        this.code = name().toLowerCase(Locale.ROOT);
    }

    /** Returns the HTTP status, 400–599. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Returns the gRPC status code, 1–16. */
    public int grpcCode() {
        return grpcCode;
    }

    /** Returns the {@code type} of OpenAI's error object. */
    public String openAiType() {
        return openAiType;
    }

    /** Returns whether a worker or upstream may have worked on the request. */
    public Processed processed() {
        return processed;
    }

    /** Returns whether the same request may succeed later without a change. */
    public boolean isRetryable() {
        return retryable;
    }

    /** Returns the error code and metric label, in snake case. */
    public String code() {
        return code;
    }

    /** Returns the {@code code} of OpenAI's error object: the one that its clients know, if there is one. */
    public String openAiCode() {
        return this == UNKNOWN_LABEL ? "model_not_found" : code;
    }

    /** Whether work may have been done for a failed request. */
    public enum Processed {
        /** No work was done; a retry is always safe. */
        NO,
        /** Work may have been done. */
        MAYBE,
        /** Work was done. */
        YES
    }
}
