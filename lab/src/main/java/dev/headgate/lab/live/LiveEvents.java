package dev.headgate.lab.live;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The bytes of streamed answers, as an OpenAI-compatible engine writes them, in chunks of one event. */
final class LiveEvents {
    /** How many events an answer has beside those of its tokens: its finish, its usage and the mark of the end. */
    static final int BESIDE_TOKENS = 3;

    /** The answer to a request that only warms up. */
    static final int WARM_UP_TOKENS = 20;

    private static final String HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

    private LiveEvents() {}

    /** Returns the head of an answer. */
    static byte[] head() {
        return HEAD.getBytes(US_ASCII);
    }

    /** Returns the events of {@code count} tokens. */
    static byte[] tokens(int request, int count) {
        return event(chunk(
                        request, "[{\"index\":0,\"delta\":{\"content\":\" token\"},\"finish_reason\":null}]", "null"))
                .repeat(count)
                .getBytes(US_ASCII);
    }

    /** Returns what follows the last token. */
    static byte[] end(int request, int promptTokens, int cachedTokens, int answerTokens) {
        String usage = "{\"prompt_tokens\":" + promptTokens + ",\"completion_tokens\":" + answerTokens
                + ",\"total_tokens\":" + ((long) promptTokens + answerTokens)
                + ",\"prompt_tokens_details\":{\"cached_tokens\":" + cachedTokens + "}}";
        return (event(chunk(request, "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]", "null"))
                        + event(chunk(request, "[]", usage))
                        + event("[DONE]")
                        + "0\r\n\r\n")
                .getBytes(US_ASCII);
    }

    /** Returns an answer that refuses: {@code message} is ASCII without quotes. */
    static byte[] refusal(int status, String message) {
        String body = "{\"error\":{\"message\":\"" + message + "\",\"type\":\"invalid_request_error\",\"param\":null,"
                + "\"code\":null}}";
        return ("HTTP/1.1 " + status + " Refused\r\ncontent-type: application/json\r\ncontent-length: " + body.length()
                        + "\r\n\r\n" + body)
                .getBytes(US_ASCII);
    }

    private static String chunk(int request, String choices, String usage) {
        return "{\"id\":\"chatcmpl-" + request + "\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                + "\"model\":\"live\",\"choices\":" + choices + ",\"usage\":" + usage + "}";
    }

    private static String event(String data) {
        String event = "data: " + data + "\n\n";
        return Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
    }
}
