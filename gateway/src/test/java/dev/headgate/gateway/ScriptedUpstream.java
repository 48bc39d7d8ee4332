package dev.headgate.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An upstream that answers each request with what a test says, byte by byte if it likes. */
final class ScriptedUpstream implements AutoCloseable {
    private final ServerSocket server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile Script script;

    /** What happens with a request. */
    @FunctionalInterface
    interface Script {
        void serve(Request request, Line line) throws IOException, InterruptedException;
    }

    /** A request as it came. */
    static final class Request {
        private final String target;
        private final List<String> fields;
        private final byte[] body;

        Request(String target, List<String> fields, byte[] body) {
            this.target = target;
            this.fields = fields;
            this.body = body;
        }

        String target() {
            return target;
        }

        List<String> fields() {
            return fields;
        }

        byte[] body() {
            return body;
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** Returns the values of a field, in order. */
        List<String> all(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return fields.stream()
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(field -> field.substring(start.length()).strip())
                    .toList();
        }

        String method() {
            return fields.getFirst().substring(0, fields.getFirst().indexOf(' '));
        }
    }

    ScriptedUpstream(Script script) {
        this.script = script;
        try {
            server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers everything with JSON. */
    static ScriptedUpstream json(int status, String body, String... fields) {
        return new ScriptedUpstream((request, line) -> line.answer(status, "application/json", body, fields));
    }

    void script(Script next) {
        script = next;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Returns what has been asked so far. */
    List<Request> requests() {
        return requests;
    }

    /** Returns how many connections there have been. */
    int connections() {
        return sockets.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Line line = new Line(socket);
            for (Request request = read(in); request != null && !socket.isClosed(); request = read(in)) {
                requests.add(request);
                script.serve(request, line);
            }
        } catch (IOException e) {
            // the other end is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable Request read(InputStream in) throws IOException {
        List<String> fields = new ArrayList<>();
        int length = 0;
        boolean chunked = false;
        for (String text = text(in); !text.isEmpty(); text = text(in)) {
            fields.add(text);
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:");
        }
        if (fields.isEmpty()) {
            return null; // the connection ended
        }
        if (chunked) {
            throw new IOException("the relay sends bodies with their length");
        }
        return new Request(fields.getFirst().split(" ", -1)[1], fields, in.readNBytes(length));
    }

    private static String text(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The way back. */
    static final class Line {
        private final Socket socket;
        private final OutputStream out;

        Line(Socket socket) throws IOException {
            this.socket = socket;
            this.out = socket.getOutputStream();
        }

        /** Sends text whose line ends are written as CR LF in heads only, so it says them itself. */
        Line send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
            return this;
        }

        Line send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
            return this;
        }

        void answer(int status, String type, String body, String... fields) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\ncontent-type: " + type + "\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            head.append("content-length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n\r\n");
            send(head + body);
        }

        /** Begins a stream of events. */
        Line stream() throws IOException {
            return send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
        }

        /** Sends one event as a chunk. */
        Line event(String data) throws IOException {
            return chunk("data: " + data + "\n\n");
        }

        Line chunk(String text) throws IOException {
            return send(Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n");
        }

        /** Sends a token of a chat completion. */
        Line token(String text) throws IOException {
            return event(
                    "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                            + "\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":null}]}");
        }

        /** Ends a chat completion as it should. */
        void finish() throws IOException {
            event("{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                    + "\"delta\":{},\"finish_reason\":\"stop\"}]}");
            event("[DONE]");
            send("0\r\n\r\n");
        }

        /** Hangs up. */
        void cut() throws IOException {
            socket.close();
        }

        /** Waits until the other end hangs up; returns whether it did. */
        boolean isLeft() throws IOException {
            socket.setSoTimeout(10_000);
            try {
                return socket.getInputStream().read() < 0;
            } catch (SocketTimeoutException e) {
                return false;
            } catch (SocketException e) {
                return true;
            }
        }

        /** Waits for a test. */
        static void await(CountDownLatch latch) throws InterruptedException {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("not within 10 s");
            }
        }
    }
}
