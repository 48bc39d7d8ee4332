package dev.headgate.core.request;

/** What an upstream's answer, or an error event in its stream, means for the request (gateway.md §4). */
public enum AnswerClass {
    /** The answer is good: hand it to the caller. */
    SUCCESS,
    /** The answer is the caller's business, as it is: no other backend would say better. */
    RETURN,
    /** Another backend may do better. */
    NEXT,
    /** Only a model with a larger context window may do better. */
    CONTEXT_TOO_LONG,
    /** The provider refuses the content: its reason is the answer, unless the pool falls back. */
    CONTENT_POLICY
}
