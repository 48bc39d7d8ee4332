package dev.headgate.lab.provider;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;

/** One connection: what is written to it, and pauses that end when the caller goes. Confined to one thread. */
final class Wire implements AutoCloseable {
    private static final Duration HELD_OPEN = Duration.ofMinutes(1);

    private final Socket socket;
    private final BufferedInputStream in;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    InputStream in() throws SocketException {
        socket.setSoTimeout(0);
        return in;
    }

    /** Writes a whole answer. */
    void send(int status, Map<String, String> headers, String type, byte[] body) throws IOException {
        sendPart(status, headers, type, body, body.length);
    }

    /** Writes an answer that announces all of {@code body} and carries its first {@code length} bytes. */
    void sendPart(int status, Map<String, String> headers, String type, byte[] body, int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head(status, headers, type, "content-length: " + body.length));
        bytes.write(body, 0, length);
        sendRaw(bytes.toByteArray());
    }

    /** Writes the head of an answer whose body follows in chunks. */
    void sendStreamHead() throws IOException {
        sendRaw(head(200, Map.of("cache-control", "no-cache"), "text/event-stream", "transfer-encoding: chunked"));
    }

    /** Writes one event as a chunk of its own. */
    void sendEvent(String event) throws IOException {
        byte[] data = event.getBytes(UTF_8);
        ByteArrayOutputStream chunk = new ByteArrayOutputStream(data.length + 16);
        chunk.writeBytes((Integer.toHexString(data.length) + "\r\n").getBytes(ISO_8859_1));
        chunk.writeBytes(data);
        chunk.writeBytes(new byte[] {'\r', '\n'});
        sendRaw(chunk.toByteArray());
    }

    /** Ends an answer in chunks. Returns whether the connection can be used again. */
    boolean end(Ending ending) throws IOException {
        switch (ending) {
            case CLEAN -> sendRaw("0\r\n\r\n".getBytes(ISO_8859_1));
            case CLOSE -> socket.close();
            case RESET -> reset();
            case HOLD -> pauseUntil(System.nanoTime() + HELD_OPEN.toNanos());
        }
        return ending == Ending.CLEAN;
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Returns at that time, or throws as soon as the caller has gone. */
    void pauseUntil(long untilNanos) throws IOException {
        for (long left = untilNanos - System.nanoTime(); left > 0; left = untilNanos - System.nanoTime()) {
            // Reading is the only way to learn of a close; a caller that sends its next request early ends the waiting.
            socket.setSoTimeout((int) Math.ceilDiv(left, 1_000_000L));
            in.mark(1);
            try {
                if (in.read() < 0) {
                    throw new CallerGoneException();
                }
                in.reset();
                return;
            } catch (SocketTimeoutException e) {
                // so the caller is still there
            } catch (SocketException e) {
                throw new CallerGoneException(e);
            }
        }
    }

    void sendRaw(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            throw new CallerGoneException(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static byte[] head(int status, Map<String, String> headers, String type, String framing) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" Scripted\r\n");
        head.append("content-type: ")
                .append(type)
                .append("\r\n")
                .append(framing)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(ISO_8859_1);
    }
}
