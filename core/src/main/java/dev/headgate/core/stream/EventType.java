package dev.headgate.core.stream;

import dev.headgate.core.request.JsonCursor;
import java.nio.charset.StandardCharsets;

/** What the {@code type} of an event of Anthropic's or the Responses API says. */
enum EventType {
    /** None, or one that says nothing to us. */
    PLAIN,
    /** {@code content_block_delta}, or any {@code response.….delta}. */
    DELTA,
    /** {@code content_block_start}. */
    BLOCK_START,
    /** {@code content_block_stop}. */
    BLOCK_STOP,
    /** {@code message_start}. */
    START,
    /** {@code response.failed}: the end, or a reason to try elsewhere if nothing was said yet. */
    FAILED,
    /** {@code message_stop}, {@code response.completed}, {@code response.incomplete}. */
    END,
    /** {@code error}. */
    ERROR;

    private static final byte[] BLOCK_DELTA_NAME = ascii("content_block_delta");
    private static final byte[] BLOCK_START_NAME = ascii("content_block_start");
    private static final byte[] BLOCK_STOP_NAME = ascii("content_block_stop");
    private static final byte[] MESSAGE_START_NAME = ascii("message_start");
    private static final byte[] MESSAGE_STOP_NAME = ascii("message_stop");
    private static final byte[] COMPLETED_NAME = ascii("response.completed");
    private static final byte[] INCOMPLETE_NAME = ascii("response.incomplete");
    private static final byte[] FAILED_NAME = ascii("response.failed");
    private static final byte[] ERROR_NAME = ascii("error");
    private static final byte[] RESPONSE_PREFIX = ascii("response.");
    private static final byte[] DELTA_SUFFIX = ascii(".delta");

    /** Returns what the string just read says. */
    static EventType of(JsonCursor json) {
        if (json.stringStartsWith(RESPONSE_PREFIX)) {
            return ofResponse(json);
        }
        if (json.stringIs(BLOCK_DELTA_NAME)) {
            return DELTA;
        }
        if (json.stringIs(ERROR_NAME)) {
            return ERROR;
        }
        if (json.stringIs(BLOCK_START_NAME)) {
            return BLOCK_START;
        }
        if (json.stringIs(BLOCK_STOP_NAME)) {
            return BLOCK_STOP;
        }
        if (json.stringIs(MESSAGE_START_NAME)) {
            return START;
        }
        return json.stringIs(MESSAGE_STOP_NAME) ? END : PLAIN;
    }

    private static EventType ofResponse(JsonCursor json) {
        if (json.stringEndsWith(DELTA_SUFFIX)) {
            return DELTA;
        }
        if (json.stringIs(COMPLETED_NAME) || json.stringIs(INCOMPLETE_NAME)) {
            return END;
        }
        return json.stringIs(FAILED_NAME) ? FAILED : PLAIN;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
