package dev.headgate.lab.routing;

import dev.headgate.lab.routing.RoutingReport.Capacity;
import dev.headgate.lab.routing.RoutingReport.Input;
import dev.headgate.lab.routing.RoutingReport.Pair;
import dev.headgate.lab.routing.RoutingReport.Result;
import dev.headgate.lab.trace.TraceFacts;
import dev.headgate.lab.workload.Workload;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A report as text, the same to the byte wherever it is made. */
public final class RoutingText {
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final int LEAST_NAME = 19;

    private final RoutingReport report;
    private final StringBuilder text = new StringBuilder();

    private RoutingText(RoutingReport report) {
        this.report = report;
    }

    /** Returns {@code report} as text. */
    public static String of(RoutingReport report) {
        RoutingText text = new RoutingText(report);
        text.write();
        return text.text.toString();
    }

    private void write() {
        line("Uncalibrated: a model of engines that no hardware has confirmed. Compare policies, nothing else.");
        Set<Workload> shown = new HashSet<>();
        for (Input input : report.inputs()) {
            if (shown.add(input.cell().workload())) {
                write(input);
            }
        }
        for (Cell cell : report.cells()) {
            line("");
            write(cell);
        }
        if (!report.capacities().isEmpty()) {
            line("");
            line("Highest speed-up with 90 % goodput");
            report.capacities().forEach(this::write);
        }
        report.results()
                .forEach(result -> result.failure()
                        .ifPresent(reason -> line("FAILED " + result.policy() + " on "
                                + result.cell().workload().name() + ": " + reason)));
        report.violations().forEach(violation -> line("VIOLATED " + violation));
    }

    private void write(Input input) {
        TraceFacts facts = input.facts();
        var workload = input.cell().workload();
        String hash = workload.sha256().isEmpty() ? "" : ", sha256 " + shortened(workload.sha256());
        line("");
        line(String.format(
                Locale.ROOT,
                "%s: %s%s, %d %s, %d dropped, %.2f/s over %.0f s, %d distinct times%s",
                workload.name(),
                workload.format(),
                hash,
                facts.requests(),
                facts.requests() == 1 ? "request" : "requests",
                input.dropped(),
                facts.perSecond(),
                facts.spanSeconds(),
                facts.distinctTimestamps(),
                facts.quantumMillis() == 0
                        ? ""
                        : String.format(Locale.ROOT, " %s s apart", seconds(facts.quantumMillis()))));
        line("  prompt tokens " + lengths(facts.input()) + ", answer tokens " + lengths(facts.output())
                + String.format(
                        Locale.ROOT,
                        ", an endless cache hits %.1f %% of blocks and %.1f %% of tokens",
                        facts.hitCeilingPercent(),
                        facts.tokenCeilingPercent()));
        workload.notes().forEach(note -> line("  note: " + note));
    }

    private void write(Cell cell) {
        List<Result> results = report.of(cell);
        line(title(cell, results.get(0)));
        int width = results.stream()
                .mapToInt(result -> result.policy().toString().length())
                .reduce(LEAST_NAME, Math::max);
        boolean closed = isClosed(results.get(0));
        line(String.format(
                Locale.ROOT,
                "%-" + width
                        + "s TTFT p50     p90     p99   TPOT p50   goodput          hit    imb  util  %svs best peer",
                "policy",
                closed ? "  done  makespan  " : ""));
        Optional<Result> best = report.bestPeer(cell);
        for (Result result : results) {
            line(row(result, width, closed) + comparison(result, best));
        }
    }

    private String title(Cell cell, Result result) {
        var workload = cell.workload();
        var slo = report.settings().slo();
        return String.format(
                Locale.ROOT,
                "%s, %s, ×%s, %s, %d %s, signals %s ms old, SLO %s / %s ms",
                workload.name(),
                jitter(cell),
                plain(cell.speedup()),
                fleet(cell),
                result.seeds().size(),
                result.seeds().size() == 1 ? "seed" : "seeds",
                plain(cell.signalAgeMicros() / 1e3),
                slo.ttftMicros() == Slo.AUTO ? "auto" : plain(slo.ttftMicros() / 1e6) + " s",
                plain(slo.tpotMicros() / 1e3));
    }

    private String jitter(Cell cell) {
        return cell.workload().jitter().name().equals("off")
                ? "times as they are"
                : "times spread " + cell.workload().jitter().name();
    }

    private String fleet(Cell cell) {
        var fleet = cell.workload().fleet().orElse(report.settings().fleet());
        long slower = fleet.replicas().stream()
                .filter(replica -> replica.speed() != 1)
                .count();
        return fleet.size() + " × " + report.settings().engine().preset()
                + (slower == 0 ? "" : ", " + slower + " at other speeds")
                + (report.settings().routers() == 1
                        ? ""
                        : ", " + report.settings().routers() + " routers");
    }

    private static boolean isClosed(Result result) {
        return result.cell().workload().requests().apply(result.seeds().get(0)).isClosed();
    }

    private String row(Result result, int width, boolean closed) {
        return String.format(
                Locale.ROOT,
                "%-" + width + "s %8s %7s %7s %7.1f ms  %5.1f %% ± %4.1f %7.1f %6.2f %5.2f  %s",
                result.policy(),
                seconds(result.mean(Metric.TTFT_P50)),
                seconds(result.mean(Metric.TTFT_P90)),
                seconds(result.mean(Metric.TTFT_P99)),
                result.mean(Metric.TPOT_P50),
                result.mean(Metric.GOODPUT),
                Statistics.deviation(result.values(Metric.GOODPUT)),
                result.mean(Metric.HIT),
                result.mean(Metric.IMBALANCE),
                result.mean(Metric.UTILISATION),
                closed
                        ? String.format(
                                Locale.ROOT,
                                "%6.0f %7.0f s  ",
                                result.mean(Metric.COMPLETED),
                                result.mean(Metric.MAKESPAN))
                        : "");
    }

    private static String comparison(Result result, Optional<Result> best) {
        if (best.isEmpty()) {
            return "";
        }
        if (best.get() == result) {
            return "best peer";
        }
        Pair pair = Pair.of(result, best.get(), Metric.GOODPUT);
        return String.format(
                Locale.ROOT,
                "%+.1f%s (%d of %d)",
                pair.mean(),
                Double.isNaN(pair.halfWidth()) ? "" : String.format(Locale.ROOT, " ± %.1f", pair.halfWidth()),
                pair.better(),
                pair.differences().size());
    }

    private void write(Capacity capacity) {
        line(String.format(
                Locale.ROOT,
                "%-" + LEAST_NAME + "s %-24s %s×%.2f",
                capacity.workload(),
                capacity.policy(),
                capacity.isBound() ? ">= " : "",
                capacity.speedup()));
    }

    private static String lengths(TraceFacts.Lengths lengths) {
        return String.format(
                Locale.ROOT,
                "%.1f (p50 %d, p90 %d, p99 %d)",
                lengths.mean(),
                lengths.p50(),
                lengths.p90(),
                lengths.p99());
    }

    private static String seconds(double millis) {
        double seconds = millis / MILLIS_PER_SECOND;
        return seconds >= 9.995
                ? String.format(Locale.ROOT, "%.1f", seconds)
                : String.format(Locale.ROOT, "%.2f", seconds);
    }

    static String plain(double number) {
        return number == Math.rint(number) ? String.format(Locale.ROOT, "%.0f", number) : String.valueOf(number);
    }

    private static String shortened(String hash) {
        return hash.substring(0, Math.min(12, hash.length()));
    }

    private void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }
}
