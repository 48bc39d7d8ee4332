package dev.headgate.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A quick upstream on loopback that answers every request, and remembers the bodies in the order in which they came. */
final class PlainBackend implements AutoCloseable {
    private static final String ANSWER = "{\"choices\": []}";

    private final ServerSocket server;
    private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
    private final Queue<PlainHttp> connections = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ongoing = new AtomicInteger();
    private final AtomicInteger mostOngoing = new AtomicInteger();

    private PlainBackend(ServerSocket server) {
        this.server = server;
    }

    static PlainBackend start() throws IOException {
        PlainBackend backend = new PlainBackend(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(backend::accept);
        return backend;
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Returns the bodies of all requests that came, in their order. */
    List<String> bodies() {
        return List.copyOf(bodies);
    }

    /** Returns how many requests it had at once. */
    int mostOngoing() {
        return mostOngoing.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                PlainHttp connection = new PlainHttp(socket);
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            connections.forEach(PlainBackend::close); // the server socket was closed
        }
    }

    private void serve(PlainHttp connection) {
        try {
            while (true) {
                bodies.add(connection.read().body());
                mostOngoing.accumulateAndGet(ongoing.incrementAndGet(), Math::max);
                ongoing.decrementAndGet();
                connection.write("HTTP/1.1 200 OK\r\n", ANSWER);
            }
        } catch (IOException e) {
            close(connection); // the other end was closed
        }
    }

    private static void close(PlainHttp connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new AssertionError("a socket did not close", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
