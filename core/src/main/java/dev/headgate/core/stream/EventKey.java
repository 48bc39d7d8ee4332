package dev.headgate.core.stream;

import java.nio.charset.StandardCharsets;

/** The keys of events that mean something to us. */
final class EventKey {
    static final byte[] ID = ascii("id");
    static final byte[] OBJECT = ascii("object");
    static final byte[] CHOICES = ascii("choices");
    static final byte[] DELTA = ascii("delta");
    static final byte[] USAGE = ascii("usage");
    static final byte[] ERROR = ascii("error");
    static final byte[] TYPE = ascii("type");
    static final byte[] INDEX = ascii("index");
    static final byte[] FINISH_REASON = ascii("finish_reason");
    static final byte[] STOP_REASON = ascii("stop_reason");
    static final byte[] CONTENT = ascii("content");
    static final byte[] REASONING = ascii("reasoning");
    static final byte[] REASONING_CONTENT = ascii("reasoning_content");
    static final byte[] REFUSAL = ascii("refusal");
    static final byte[] TEXT = ascii("text");
    static final byte[] TOOL_CALLS = ascii("tool_calls");
    static final byte[] FUNCTION_CALL = ascii("function_call");
    static final byte[] AUDIO = ascii("audio");
    static final byte[] ROLE = ascii("role");
    static final byte[] MESSAGE = ascii("message");
    static final byte[] RESPONSE = ascii("response");
    static final byte[] CONTENT_BLOCK = ascii("content_block");
    static final byte[] PROMPT_TOKENS = ascii("prompt_tokens");
    static final byte[] PROMPT_TOKENS_DETAILS = ascii("prompt_tokens_details");
    static final byte[] INPUT_TOKENS_DETAILS = ascii("input_tokens_details");
    static final byte[] CACHED_TOKENS = ascii("cached_tokens");
    static final byte[] INPUT_TOKENS = ascii("input_tokens");
    static final byte[] COMPLETION_TOKENS = ascii("completion_tokens");
    static final byte[] OUTPUT_TOKENS = ascii("output_tokens");

    private EventKey() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
