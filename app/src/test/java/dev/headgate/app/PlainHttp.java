package dev.headgate.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Locale;

/** One end of an HTTP/1.1 connection that knows nothing but lengths, for tests whose own work must cost little. */
final class PlainHttp implements AutoCloseable {
    private static final int LONGEST_LINE = 8192;
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final int STATUS_DIGITS = 3;

    private final Socket socket;
    private final InputStream in;

    PlainHttp(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** What came: the first line, and the body. */
    record Message(String line, String body) {
        int status() {
            return Integer.parseInt(line, STATUS_AT, STATUS_AT + STATUS_DIGITS, 10);
        }
    }

    /** Writes a head without {@code content-length}, and a body, at once. */
    void write(String head, String body) throws IOException {
        String whole = head + "content-type: application/json\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
        socket.getOutputStream().write(whole.getBytes(ISO_8859_1));
    }

    /** Reads one message; throws EOFException where the other end has closed. */
    Message read() throws IOException {
        String first = line();
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).strip());
            }
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException();
        }
        return new Message(first, new String(body, ISO_8859_1));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() > LONGEST_LINE) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
