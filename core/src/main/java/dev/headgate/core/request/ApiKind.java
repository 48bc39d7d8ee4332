package dev.headgate.core.request;

/** Which interface a path belongs to, by its last segments. */
public enum ApiKind {
    /** {@code …/chat/completions}. */
    CHAT,
    /** {@code …/completions}. */
    COMPLETIONS,
    /** {@code …/embeddings}. */
    EMBEDDINGS,
    /** {@code …/responses}. */
    RESPONSES,
    /** {@code …/messages}, Anthropic's. */
    MESSAGES,
    /** Another path of the list that fails over: moderations, rerank, score, images, audio. */
    STATELESS,
    /** Anything else. */
    OTHER
}
