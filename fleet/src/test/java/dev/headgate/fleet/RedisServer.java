package dev.headgate.fleet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** A Redis of one test's own on loopback, which keeps nothing on disk. */
final class RedisServer implements AutoCloseable {
    private final int port;
    private final List<String> options;
    private Process process;

    private RedisServer(int port, List<String> options) throws IOException {
        this.port = port;
        this.options = options;
        process = launch();
    }

    /** Starts one with further options, as {@code --requirepass secret}. */
    static RedisServer start(String... options) throws IOException {
        return new RedisServer(freePort(), List.of(options));
    }

    /** Returns a port on which nobody listens. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    FleetOptions options() {
        return FleetOptions.of(url(), FleetOptions.DEFAULT_PREFIX);
    }

    /** Ends it at once, as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again, with nothing in it. */
    void startAgain() throws IOException {
        process = launch();
    }

    /** Lets it do nothing, with its connections open. */
    void hang() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on. */
    void goOn() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor();
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--loglevel",
                "notice"));
        command.addAll(options);
        Process started;
        try {
            started = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException("no redis-server: `./headgate test` installs it on Debian as root", e);
        }
        BufferedReader output = started.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.contains("Ready to accept connections")) {
                Thread rest = new Thread(() -> drain(output), "redis-output");
                rest.setDaemon(true);
                rest.start();
                return started;
            }
        }
        throw new IOException("redis-server ended: " + said);
    }

    /** Reads on, as a server whose words nobody reads would stop. */
    private static void drain(BufferedReader output) {
        try {
            String line;
            do {
                line = output.readLine();
            } while (line != null);
        } catch (IOException e) {
            // It was ended together with its output.
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
