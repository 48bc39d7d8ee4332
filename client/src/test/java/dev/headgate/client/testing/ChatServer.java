package dev.headgate.client.testing;

import java.io.IOException;

/** What OpenAI's chat API answers. */
public final class ChatServer {
    private ChatServer() {}

    /** Starts a server that says these words, whole or as a stream, as it is asked. */
    public static RawServer saying(String... words) throws IOException {
        RawServer.Reply whole = completion(String.join("", words));
        RawServer.Reply stream = RawServer.events("done", words);
        return RawServer.start().always((request, socket) -> {
            boolean streams = request.text().replace(" ", "").contains("\"stream\":true");
            return (streams ? stream : whole).write(request, socket);
        });
    }

    /** Answers whole. */
    public static RawServer.Reply completion(String text) {
        return RawServer.json(
                200,
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"" + text
                        + "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":"
                        + "{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}");
    }
}
