package dev.headgate.client.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on loopback whose answers are written byte by byte as a test wants them. */
public final class RawServer implements AutoCloseable {
    /** What came; names in lower case. */
    public record Seen(String method, String target, Map<String, String> fields, String text) {}

    /** One answer: writes what goes out; false if the connection is to be closed after it. */
    public interface Reply {
        boolean write(Seen request, Socket socket) throws IOException;
    }

    private final ServerSocket listening;
    private final List<Seen> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final Queue<Reply> script = new ConcurrentLinkedQueue<>();
    private volatile Reply otherwise = json(200, "{\"ok\":true}");

    private RawServer(ServerSocket listening) {
        this.listening = listening;
    }

    /** Starts a server that answers each request with {@code {"ok":true}} unless it is told otherwise. */
    public static RawServer start() throws IOException {
        RawServer server = new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread accepting = new Thread(server::accept, "raw-server");
        accepting.setDaemon(true);
        accepting.start();
        return server;
    }

    /** Returns a port on which nobody listens. */
    public static String nobody() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + free.getLocalPort();
        }
    }

    public RawServer then(Reply... replies) {
        script.addAll(List.of(replies));
        return this;
    }

    public RawServer always(Reply reply) {
        otherwise = reply;
        return this;
    }

    public String url() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    public List<Seen> requests() {
        return requests;
    }

    public int connections() {
        return connections.size();
    }

    /** Answers whole. */
    public static Reply json(int status, String body, String... fields) {
        return (request, socket) -> {
            StringBuilder head =
                    new StringBuilder("HTTP/1.1 " + status + " Said\r\ncontent-type: application/json\r\n");
            for (int i = 0; i < fields.length; i += 2) {
                head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
            }
            byte[] bytes = body.getBytes(UTF_8);
            head.append("content-length: ").append(bytes.length).append("\r\n\r\n");
            send(socket, head.toString());
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return true;
        };
    }

    public static Reply error(int status, String code, String... fields) {
        return json(
                status, "{\"error\":{\"message\":\"scripted\",\"type\":\"error\",\"code\":\"" + code + "\"}}", fields);
    }

    /** Streams these events and then the end mark; {@code ending} may be {@code cut}. */
    public static Reply events(String ending, String... words) {
        return (request, socket) -> {
            send(socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            chunk(socket, delta("\"role\":\"assistant\",\"content\":\"\""));
            for (String word : words) {
                chunk(socket, delta("\"content\":\"" + word + "\""));
            }
            if (ending.equals("cut")) {
                socket.setSoLinger(true, 0);
                return false;
            }
            chunk(
                    socket,
                    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":"
                            + "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
            chunk(socket, "data: [DONE]\n\n");
            send(socket, "0\r\n\r\n");
            return true;
        };
    }

    private static String delta(String fields) {
        return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":"
                + "[{\"index\":0,\"delta\":{" + fields + "},\"finish_reason\":null}]}\n\n";
    }

    public static void chunk(Socket socket, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        send(socket, Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n");
    }

    public static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                connections.add(socket);
                Thread serving = new Thread(() -> serve(socket), "raw-server-connection");
                serving.setDaemon(true);
                serving.start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean goesOn = true;
            while (goesOn) {
                Seen request = read(in);
                requests.add(request);
                Reply scripted = script.poll();
                goesOn = (scripted == null ? otherwise : scripted).write(request, socket);
            }
        } catch (IOException e) {
            // the client went away, which tests look at from its side
        }
    }

    private static Seen read(InputStream in) throws IOException {
        String line = line(in);
        String[] parts = line.split(" ", 3);
        Map<String, String> fields = new TreeMap<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            int colon = field.indexOf(':');
            fields.merge(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).strip(),
                    (a, b) -> a + "|" + b);
        }
        byte[] body;
        if ("chunked".equals(fields.get("transfer-encoding"))) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                all.write(in.readNBytes(size));
                line(in);
            }
            line(in);
            body = all.toByteArray();
        } else {
            body = in.readNBytes(Integer.parseInt(fields.getOrDefault("content-length", "0")));
        }
        return new Seen(parts[0], parts[1], fields, new String(body, UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the client has no more");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket each : connections) {
            each.close();
        }
    }
}
