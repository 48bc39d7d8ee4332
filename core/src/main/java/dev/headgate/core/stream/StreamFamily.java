package dev.headgate.core.stream;

import dev.headgate.core.request.ApiKind;

/** Whose events a stream is made of. */
public enum StreamFamily {
    /** OpenAI's chat completions: {@code choices[].delta}. */
    CHAT,
    /** OpenAI's completions: {@code choices[].text}. */
    COMPLETIONS,
    /** OpenAI's responses: {@code type: response.*}. */
    RESPONSES,
    /** Anthropic's messages: {@code type: content_block_delta}. */
    MESSAGES,
    /** Unknown events: they pass as they come. */
    UNKNOWN;

    /** Returns the family that answers a kind of request. */
    public static StreamFamily of(ApiKind kind) {
        return switch (kind) {
            case CHAT -> CHAT;
            case COMPLETIONS -> COMPLETIONS;
            case RESPONSES -> RESPONSES;
            case MESSAGES -> MESSAGES;
            case EMBEDDINGS, STATELESS, OTHER -> UNKNOWN;
        };
    }
}
