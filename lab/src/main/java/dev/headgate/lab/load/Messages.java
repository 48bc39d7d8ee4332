package dev.headgate.lab.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.util.Map;

/** Requests and answers, made once. */
final class Messages {
    private static final int REQUEST_BODY_BYTES = 1_200;
    private static final String CHUNK_HEAD = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\","
            + "\"created\":1700000000,\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":";

    private Messages() {}

    /** Returns a request of about 1.2 KB for {@code workload}, whose path follows that of {@code target}. */
    static byte[] request(URI target, Map<String, String> headers, Workload workload) {
        String start = "{\"model\":\"" + workload.model() + "\",\"stream\":" + workload.isStream()
                + ",\"temperature\":0.2,\"messages\":[{\"role\":\"user\",\"content\":\"";
        String end = "\"}]}";
        String prompt = "lorem ipsum "
                .repeat(REQUEST_BODY_BYTES / 12)
                .substring(0, REQUEST_BODY_BYTES - start.length() - end.length());
        String body = start + prompt + end;
        StringBuilder head = new StringBuilder("POST " + target.getPath() + "/chat/completions HTTP/1.1\r\n");
        head.append("host: ").append(target.getAuthority());
        head.append("\r\ncontent-type: application/json\r\naccept: */*\r\nuser-agent: headgate-lab\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("content-length: ").append(body.length()).append("\r\n\r\n");
        return (head + body).getBytes(ISO_8859_1);
    }

    /** Returns an answer that is one document of {@code bytes} bytes. */
    static ByteBuf document(int bytes) {
        String start =
                "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"bench\","
                        + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"";
        String end = "\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":9,\"total_tokens\":29}}";
        String body = start + "x".repeat(bytes - start.length() - end.length()) + end;
        return kept("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + body.length() + "\r\n\r\n"
                + body);
    }

    /** Returns a stream's head and its first event; nginx is told not to hold back what follows. */
    static String streamStart() {
        return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-accel-buffering: no\r\n"
                + "transfer-encoding: chunked\r\n\r\n"
                + event(CHUNK_HEAD + "{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}");
    }

    /** Returns the event of a token. */
    static String token() {
        return event(CHUNK_HEAD + "{\"content\":\" token\"},\"finish_reason\":null}]}");
    }

    /** Returns a stream's last two events and its end. */
    static String streamEnd() {
        return event(CHUNK_HEAD + "{},\"finish_reason\":\"stop\"}]}") + event("[DONE]") + "0\r\n\r\n";
    }

    /** Returns a buffer that survives being written any number of times, by duplicates. */
    static ByteBuf kept(String bytes) {
        ByteBuf buffer = Unpooled.directBuffer(bytes.length());
        buffer.writeCharSequence(bytes, US_ASCII);
        return Unpooled.unreleasableBuffer(buffer.asReadOnly());
    }

    private static String event(String data) {
        String event = "data: " + data + "\n\n";
        return Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
    }
}
