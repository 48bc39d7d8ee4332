package dev.headgate.lab.rival;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process and its descendants, as Linux accounts for them. */
public record ProcessTree(ProcessHandle root) {
    /** Linux's unit of CPU time towards programs, on every architecture since 2.6. */
    private static final double TICK_MICROS = 10_000;

    /** Fields of /proc/PID/stat after the name's closing parenthesis. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    /** Returns the processes that live now. */
    public List<Long> pids() {
        return Stream.concat(Stream.of(root), root.descendants())
                .map(ProcessHandle::pid)
                .toList();
    }

    /** Returns the CPU time that they have used, user and system, in steps of 10 ms; 0 for those that have ended. */
    public double cpuMicros() {
        double micros = 0;
        for (long pid : pids()) {
            String stat = read(pid, "stat");
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
            if (fields.length > SYSTEM_TICKS) {
                long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
                micros += ticks * TICK_MICROS;
            }
        }
        return micros;
    }

    /** Returns the memory that they hold now; pages that several share count for each. */
    public long residentBytes() {
        long kilobytes = 0;
        for (long pid : pids()) {
            kilobytes += read(pid, "status")
                    .lines()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
        return kilobytes * 1024;
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }
}
