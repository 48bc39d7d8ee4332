package dev.headgate.lab.rival;

import dev.headgate.lab.load.ClosedLoad;
import dev.headgate.lab.load.LoadTarget;
import dev.headgate.lab.load.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A rival that runs and answers. */
public final class RivalProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long GRACE_SECONDS = 5;

    private final Process process;
    private final Thread endWithParent;
    private final LoadTarget target;

    private RivalProcess(Process process, LoadTarget target) {
        this.process = process;
        this.target = target;
        this.endWithParent = new Thread(this::kill, "end-rival");
        Runtime.getRuntime().addShutdownHook(endWithParent);
    }

    /** Returns whether {@code rival} is installed. */
    public static boolean isInstalled(Rival rival, Path installed) {
        return rival.program(installed).isPresent();
    }

    /**
     * Starts it and returns once it has answered a request.
     *
     * @param installed where the set-up put it
     * @param work an empty folder for its files
     * @param prefix what pins it to its core
     */
    public static RivalProcess start(Rival rival, Path installed, Path work, List<String> prefix, int upstreamPort)
            throws IOException, InterruptedException {
        Optional<Path> program = rival.program(installed);
        if (program.isEmpty()) {
            throw new IOException(rival + " is not installed");
        }
        Rival.Place place = rival.prepare(work, freePort(), upstreamPort);
        List<String> command = new ArrayList<>(prefix);
        command.addAll(rival.command(program.get(), place));
        Path log = work.resolve(rival + ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(rival.environment());
        RivalProcess running = new RivalProcess(builder.start(), rival.target(place));
        if (!running.answers()) {
            running.close();
            throw new IOException(rival + " gave no answer; its last words: " + lastWords(log));
        }
        return running;
    }

    /** Returns where to send load. */
    public LoadTarget target() {
        return target;
    }

    /** Returns its processes. */
    public ProcessTree processes() {
        return new ProcessTree(process.toHandle());
    }

    /** Asks it to end, and ends it if it has not after a while. */
    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().removeShutdownHook(endWithParent);
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private boolean answers() throws InterruptedException {
        long untilNanos = System.nanoTime() + START_PATIENCE.toNanos();
        try (ClosedLoad load = ClosedLoad.start(target, Workload.JSON, 1)) {
            while (process.isAlive() && System.nanoTime() - untilNanos < 0) {
                if (load.counts().answers() > 0) {
                    return true;
                }
                Thread.sleep(POLL);
            }
        }
        return false;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String lastWords(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }
}
