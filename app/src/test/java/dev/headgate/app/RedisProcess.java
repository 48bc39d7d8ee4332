package dev.headgate.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** A redis-server on loopback that keeps nothing on disk. */
final class RedisProcess implements AutoCloseable {
    private final int port;
    private Process process;

    private RedisProcess(int port, List<String> options) throws IOException {
        this.port = port;
        process = launch(options);
    }

    /** Starts one with further options. */
    static RedisProcess start(String... options) throws IOException {
        return new RedisProcess(freePort(), List.of(options));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    /** Ends it at once, as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again, with nothing in it. */
    void startAgain() throws IOException {
        process = launch(List.of());
    }

    private Process launch(List<String> options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("redis-server", "--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", ""));
        command.addAll(options);
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = started.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.contains("Ready to accept connections")) {
                return started;
            }
        }
        throw new IOException("redis-server ended: " + said);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
