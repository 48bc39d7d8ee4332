package dev.headgate.lab.live;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.headgate.lab.trace.Trace;

/** Requests of a trace as chat completions that stream. The number of a request stands where OpenAI's API has the user. */
final class ChatBodies {
    /** The model of the requests that are measured. */
    static final String MODEL = "live";

    /** The model of requests that servers answer at once, without an engine. */
    static final String WARM_UP = "warm-up";

    private ChatBodies() {}

    /** Returns all requests of {@code trace} to {@code host}; they are made before a run, as that takes time. */
    static byte[][] all(String host, String model, Trace trace, int blockTokens) {
        byte[][] requests = new byte[trace.size()][];
        for (int r = 0; r < requests.length; r++) {
            requests[r] = request(host, model, trace, r, blockTokens);
        }
        return requests;
    }

    /** Returns request {@code r} of {@code trace} to {@code host}, head and body. */
    private static byte[] request(String host, String model, Trace trace, int r, int blockTokens) {
        String body = "{\"model\":\"" + model + "\",\"user\":\"" + r
                + "\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\""
                + PromptText.ROLE + "\",\"content\":\"" + PromptText.content(trace, r, blockTokens) + "\"}]}";
        String head = "POST /v1/chat/completions HTTP/1.1\r\nhost: " + host
                + "\r\ncontent-type: application/json\r\naccept: text/event-stream\r\nuser-agent: headgate-lab"
                + "\r\ncontent-length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(US_ASCII);
    }
}
