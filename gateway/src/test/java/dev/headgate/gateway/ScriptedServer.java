package dev.headgate.gateway;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on loopback that says exactly what a test wants: each connection runs the script on a virtual thread and is
 * closed when the script returns.
 */
public final class ScriptedServer implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Runs {@code script} on each connection. */
    public ScriptedServer(Script script) {
        this(plainSocket(), script);
    }

    /** Runs {@code script} on each connection to {@code server}, which may speak TLS. */
    public ScriptedServer(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        Thread.startVirtualThread(this::accept);
    }

    /** Answers every request with 200 and {@code body}. */
    public static ScriptedServer answering(String body) {
        return new ScriptedServer(peer -> {
            while (peer.hasRequest()) {
                peer.request();
                peer.answer(body);
            }
        });
    }

    private static ServerSocket plainSocket() {
        try {
            return new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                int number = accepted.incrementAndGet();
                Thread.startVirtualThread(() -> serve(socket, number));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.run(new Peer(socket, number));
        } catch (IOException | InterruptedException e) {
            // The client went away, which is what many tests are about.
        } finally {
            open.remove(socket);
        }
    }

    /** Returns where it listens. */
    public int port() {
        return server.getLocalPort();
    }

    /** Returns how many connections it has accepted. */
    public int accepted() {
        return accepted.get();
    }

    /** Returns how many connections are open. */
    public int open() {
        return open.size();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What happens on a connection. */
    @FunctionalInterface
    public interface Script {
        /** Talks to {@code peer}; the connection is closed afterwards. */
        void run(Peer peer) throws IOException, InterruptedException;
    }

    /** A request as it came. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Request(String head, byte[] body) {
        /** Returns the first line. */
        public String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }
    }

    /** The server's side of a connection. */
    public static final class Peer {
        private final Socket socket;
        private final InputStream in;
        private final int number;
        private int ahead = -1;

        Peer(Socket socket, int number) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.number = number;
        }

        /** Returns 1 for the server's first connection, 2 for the second, and so on. */
        public int number() {
            return number;
        }

        /** Waits; returns whether the client has sent something rather than closed. */
        public boolean hasRequest() throws IOException {
            if (ahead < 0) {
                ahead = in.read();
            }
            return ahead >= 0;
        }

        /** Reads a request with its body. */
        public Request request() throws IOException {
            String head = head();
            int at = head.toLowerCase(Locale.ROOT).indexOf("content-length:");
            int length = at < 0
                    ? 0
                    : Integer.parseInt(
                            head.substring(at + 15, head.indexOf('\r', at)).strip());
            return new Request(head, in.readNBytes(length));
        }

        /** Reads a head and leaves the body. */
        public String head() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            String end = "";
            while (!end.equals("\r\n\r\n")) {
                int next = ahead >= 0 ? ahead : in.read();
                ahead = -1;
                if (next < 0) {
                    throw new EOFException();
                }
                bytes.write(next);
                String all = end + (char) next;
                end = all.substring(Math.max(0, all.length() - 4));
            }
            return bytes.toString(StandardCharsets.US_ASCII);
        }

        /** Sends text whose line ends are written as CR LF. */
        public Peer send(String text) throws IOException {
            return send(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
        }

        /** Sends bytes. */
        public Peer send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        }

        /** Answers with 200, a length and {@code body}. */
        public Peer answer(String body) throws IOException {
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            return send("HTTP/1.1 200 OK\nContent-Length: " + length + "\n\n" + body);
        }

        /** Returns how many bytes come until the client closes or resets. */
        public long drain() throws IOException {
            byte[] buffer = new byte[1 << 16];
            long bytes = 0;
            try {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    bytes += read;
                }
            } catch (SocketException e) {
                return bytes; // reset
            }
            return bytes;
        }

        /** Resets the connection instead of closing it. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
