package dev.headgate.lab.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The targets P1 to P6 of performance.md that a report can tell of. */
final class GatewayTargets {
    private static final double KILOBYTE = 1_024;
    private static final double MEGABYTE = 1_024 * KILOBYTE;

    private final GatewayReport report;
    private final List<GatewayReport.Target> targets = new ArrayList<>();

    private GatewayTargets(GatewayReport report) {
        this.report = report;
    }

    /** Returns them for every row whose name begins with headgate; ratios to rivals that are absent are left out. */
    static List<GatewayReport.Target> of(GatewayReport report) {
        GatewayTargets targets = new GatewayTargets(report);
        report.rows().stream().filter(row -> row.name().startsWith("headgate")).forEach(targets::add);
        return targets.targets;
    }

    private void add(GatewayReport.Row row) {
        String name = row.name() + ": ";
        boolean isRing = row.name().contains("io_uring");
        row("nginx").ifPresent(nginx -> {
            target(
                    "P1",
                    name + "CPU per JSON request to nginx",
                    isRing ? 1.0 : 1.25,
                    row.json().toNginx());
            target(
                    "P2",
                    name + "CPU per event at once to nginx",
                    1.1,
                    row.burst().toNginx());
            target(
                    "P2",
                    name + "CPU per paced event to nginx",
                    1.25,
                    row.paced().toNginx());
            target(
                    "P3",
                    name + "added p50, us (limit: nginx's)",
                    nginx.added().p50(),
                    row.added().p50());
            target(
                    "P3",
                    name + "added p99, us (limit: nginx's)",
                    nginx.added().p99(),
                    row.added().p99());
        });
        target("P4", name + "system calls per JSON request", 4.5, row.quiet().syscallsPerRequest());
        target("P4", name + "system calls per event at once", 0.15, row.quiet().syscallsPerEvent());
        target("P4", name + "heap bytes per request", 6 * KILOBYTE, row.quiet().heapBytesPerRequest());
        target("P4", name + "heap bytes per event", 250, row.quiet().heapBytesPerEvent());
        target(
                "P4",
                name + "resident bytes per idle stream",
                8 * KILOBYTE,
                row.quiet().residentBytesPerIdleStream());
        target("P5", name + "streams broken of 2,000", 0, (double) row.streams().errors());
        target(
                "P5",
                name + "longest gap at 100 ms pace, ms",
                1_000,
                row.streams().longestGapMillis());
        target("P5", name + "resident MB with 2,000 streams", 200, row.streams().residentBytes() / MEGABYTE);
        rival(row, "litellm", 0.1);
        rival(row, "portkey", 0.2);
        rival(row, "envoy", 1.0);
    }

    private void rival(GatewayReport.Row row, String rival, double limit) {
        row(rival).ifPresent(other -> {
            target(
                    "P6",
                    row.name() + ": CPU per JSON request to " + rival,
                    limit,
                    row.json().micros() / other.json().micros());
            target(
                    "P6",
                    row.name() + ": added p99 to " + rival,
                    limit,
                    row.added().p99() / other.added().p99());
        });
    }

    private void target(String id, String what, double limit, @Nullable Double value) {
        targets.add(GatewayReport.Target.of(id, what, limit, value == null ? Double.NaN : value));
    }

    private Optional<GatewayReport.Row> row(String name) {
        return report.rows().stream().filter(row -> row.name().equals(name)).findFirst();
    }
}
