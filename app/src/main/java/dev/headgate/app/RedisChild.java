package dev.headgate.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A redis-server on loopback for one measurement, which keeps nothing on disk and ends with this process. */
final class RedisChild implements AutoCloseable {
    private final Process process;
    private final int port;
    private final Thread endWithParent;

    private RedisChild(Process process, int port) {
        this.process = process;
        this.port = port;
        endWithParent = new Thread(process::destroyForcibly, "end-redis-child");
        Runtime.getRuntime().addShutdownHook(endWithParent);
    }

    /** Starts it and returns when it takes connections; throws {@link CommandException} if there is none to start. */
    static RedisChild start() throws IOException {
        int port = freePort();
        Process started;
        try {
            started = new ProcessBuilder(
                            "redis-server", "--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", "")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw CommandException.failed("redis-server: not on the path (Debian: apt-get install redis-server)");
        }
        RedisChild child = new RedisChild(started, port);
        BufferedReader output = started.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains("Ready to accept connections")) {
                return child;
            }
        }
        child.close();
        throw CommandException.failed("redis-server: it ended before it took connections");
    }

    /** Returns where it is. */
    String url() {
        return "redis://127.0.0.1:" + port;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(endWithParent);
    }
}
