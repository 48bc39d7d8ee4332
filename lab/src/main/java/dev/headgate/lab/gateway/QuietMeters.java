package dev.headgate.lab.gateway;

import dev.headgate.lab.load.ClosedLoad;
import dev.headgate.lab.load.LoadCounts;
import dev.headgate.lab.load.Workload;
import dev.headgate.lab.rival.HeapMeter;
import dev.headgate.lab.rival.SyscallMeter;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Takes the {@link Quiet} figures of one gateway, each in a load of its own. */
public final class QuietMeters {
    /** As in the race. */
    private static final int JSON_CONNECTIONS = 64;

    private static final int BURST_CONNECTIONS = 8;
    private static final Duration SETTLED = Duration.ofMillis(500);
    private static final int FEW_STREAMS = 100;
    private static final int FURTHER_STREAMS = 1_000;
    private static final Duration OPENING_PATIENCE = Duration.ofSeconds(30);

    private final Entrant.Running gateway;
    private final Duration sample;

    /** Makes meters of {@code gateway}, each of which takes about as long as {@code sample}. */
    public QuietMeters(Entrant.Running gateway, Duration sample) {
        this.gateway = gateway;
        this.sample = sample;
    }

    /** Takes all of them. */
    public Quiet measure() throws IOException, InterruptedException {
        Double perIdleStream = residentBytesPerIdleStream();
        return new Quiet(
                syscalls(Workload.JSON),
                syscalls(Workload.BURST),
                heap(Workload.JSON),
                heap(Workload.BURST),
                perIdleStream);
    }

    private @Nullable Double syscalls(Workload workload) throws IOException, InterruptedException {
        try (ClosedLoad load = load(workload)) {
            Thread.sleep(SETTLED);
            SyscallMeter meter = SyscallMeter.start(gateway.processes());
            LoadCounts before = load.counts();
            Thread.sleep(sample);
            LoadCounts counts = load.counts().since(before);
            OptionalLong calls = meter.stop();
            return calls.isPresent() ? perUnit(workload, counts, calls.getAsLong()) : null;
        }
    }

    private @Nullable Double heap(Workload workload) throws IOException, InterruptedException {
        if (!gateway.isJava()) {
            return null;
        }
        try (HeapMeter meter = HeapMeter.attach(gateway.processes().root().pid());
                ClosedLoad load = load(workload)) {
            Thread.sleep(SETTLED);
            long bytes = meter.allocatedBytes();
            LoadCounts before = load.counts();
            Thread.sleep(sample);
            LoadCounts counts = load.counts().since(before);
            return perUnit(workload, counts, meter.allocatedBytes() - bytes);
        }
    }

    private @Nullable Double residentBytesPerIdleStream() throws InterruptedException {
        try (ClosedLoad few = ClosedLoad.start(gateway.target(), Workload.IDLE, FEW_STREAMS)) {
            if (!haveBegun(few, FEW_STREAMS)) {
                return null;
            }
            long before = gateway.processes().residentBytes();
            try (ClosedLoad further = ClosedLoad.start(gateway.target(), Workload.IDLE, FURTHER_STREAMS)) {
                if (!haveBegun(further, FURTHER_STREAMS)) {
                    return null;
                }
                return (gateway.processes().residentBytes() - before) / (double) FURTHER_STREAMS;
            }
        }
    }

    /**
     * Waits until each stream has shown its role and its token, or as many tries have failed: each may leave a stream open
     * behind the gateway that never ends.
     */
    private static boolean haveBegun(ClosedLoad load, int streams) throws InterruptedException {
        long untilNanos = System.nanoTime() + OPENING_PATIENCE.toNanos();
        while (load.counts().events() < 2L * streams
                && load.counts().errors() < streams
                && System.nanoTime() - untilNanos < 0) {
            Thread.sleep(10);
        }
        Thread.sleep(SETTLED);
        return load.counts().events() >= 2L * streams;
    }

    private ClosedLoad load(Workload workload) {
        int connections = workload.isStream() ? BURST_CONNECTIONS : JSON_CONNECTIONS;
        return ClosedLoad.start(gateway.target(), workload, connections);
    }

    private static @Nullable Double perUnit(Workload workload, LoadCounts counts, long total) {
        long units = workload.isStream() ? counts.events() : counts.answers();
        return units == 0 ? null : total / (double) units;
    }
}
