package dev.headgate.lab.routing;

import dev.headgate.lab.trace.Trace;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes a line per request of every run into a folder. */
public final class RunFiles implements Experiment.RunKeeper {
    private static final String HEADER = "request,tenant,input_tokens,output_tokens,arrived_us,granted_us,decided_us,"
            + "enqueued_us,scheduled_us,first_us,done_us,replica,cached_tokens,retries,end\n";

    private final Path folder;

    /** Creates one that writes into {@code folder}, which is there. */
    public RunFiles(Path folder) {
        this.folder = folder;
    }

    @Override
    public void ran(Cell cell, PolicySpec policy, long seed, Trace trace, RunLog log) {
        String name = cell.workload().name() + "-x" + RoutingText.plain(cell.speedup()) + "-"
                + RoutingText.plain(cell.signalAgeMicros() / 1e3) + "ms-" + policy + "-" + seed;
        Path file = folder.resolve(name.replaceAll("[^A-Za-z0-9.+-]", "_") + ".csv");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(HEADER);
            for (int r = 0; r < trace.size(); r++) {
                out.write(line(r, trace, log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(int r, Trace trace, RunLog log) {
        var s = log.states;
        return r + "," + trace.tenant(r).replace(',', ' ') + "," + trace.input(r) + "," + trace.output(r) + ","
                + s.arrived[r] + "," + log.granted[r] + "," + s.decided[r] + "," + s.enqueued[r] + "," + s.scheduled[r]
                + "," + s.first[r] + "," + s.done[r] + "," + s.replica[r] + "," + s.cachedTokens[r] + ","
                + log.retries[r] + "," + log.endings[r].name().toLowerCase(Locale.ROOT) + "\n";
    }
}
