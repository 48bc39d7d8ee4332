package dev.headgate.lab.rival;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Counts the system calls of running processes, from its start to its end. A traced process is several times slower. */
public final class SyscallMeter {
    private static final long PATIENCE_SECONDS = 30;

    private final Process strace;
    private final Path summary;
    private final Path log;

    private SyscallMeter(Process strace, Path summary, Path log) {
        this.strace = strace;
        this.summary = summary;
        this.log = log;
    }

    /** Attaches to {@code processes}. Where strace is absent or not permitted the count will be empty. */
    public static SyscallMeter start(ProcessTree processes) throws IOException, InterruptedException {
        Path summary = Files.createTempFile("headgate-strace-", ".txt");
        Path log = Files.createTempFile("headgate-strace-", ".log");
        List<String> command = new ArrayList<>(List.of("strace", "-c", "-f", "-o", summary.toString()));
        processes.pids().forEach(pid -> command.addAll(List.of("-p", Long.toString(pid))));
        Process strace;
        try {
            strace = new ProcessBuilder(command).redirectError(log.toFile()).start();
        } catch (IOException e) {
            strace = new ProcessBuilder("false").start();
        }
        awaitAttached(strace, log);
        return new SyscallMeter(strace, summary, log);
    }

    /** Ends and returns how many calls were made; empty if they could not be counted. */
    public OptionalLong stop() throws IOException, InterruptedException {
        try {
            // Only an interrupt makes it detach and write its summary.
            new ProcessBuilder("kill", "-INT", Long.toString(strace.pid()))
                    .start()
                    .waitFor();
            if (!strace.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                strace.destroyForcibly();
            }
            return calls(Files.readString(summary));
        } finally {
            Files.deleteIfExists(summary);
            Files.deleteIfExists(log);
        }
    }

    /** Reads the last line of strace's table: percent, seconds, microseconds a call, calls, errors if any, total. */
    static OptionalLong calls(String table) {
        for (String line : table.lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length >= 5 && words[words.length - 1].equals("total")) {
                return OptionalLong.of(Long.parseLong(words[3]));
            }
        }
        return OptionalLong.empty();
    }

    private static void awaitAttached(Process strace, Path log) throws IOException, InterruptedException {
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (strace.isAlive()
                && System.nanoTime() - untilNanos < 0
                && !Files.readString(log).contains("attached")) {
            Thread.sleep(20);
        }
    }
}
