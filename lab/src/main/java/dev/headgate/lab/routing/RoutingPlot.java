package dev.headgate.lab.routing;

import dev.headgate.lab.routing.Canvas.Anchor;
import dev.headgate.lab.routing.Canvas.Font;
import dev.headgate.lab.routing.Canvas.Pen;
import dev.headgate.lab.routing.RoutingReport.Result;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Draws a report: a row per policy, with its goodput over seeds on the left and the time to its first tokens on the right, on
 * a logarithmic scale.
 */
public final class RoutingPlot {
    private static final int WIDTH = 960;
    private static final int ROW = 20;
    private static final int HEAD = 62;
    private static final int FOOT = 30;
    private static final double NAME_END = 250;
    private static final double GOODPUT_START = 265;
    private static final double GOODPUT_END = 560;
    private static final double TTFT_START = 620;
    private static final double TTFT_END = 930;
    private static final double LEAST_SECONDS = 0.01;
    private static final double MOST_SECONDS = 100;
    private static final String INK = "#333333";
    private static final String PALE = "#dddddd";
    private static final String OURS = "#c0392b";
    private static final String THEIRS = "#2c6fad";

    private final RoutingReport report;
    private final Canvas canvas;

    private RoutingPlot(RoutingReport report, Canvas canvas) {
        this.report = report;
        this.canvas = canvas;
    }

    /** Returns {@code report} as an SVG document. */
    public static byte[] svg(RoutingReport report) {
        SvgCanvas canvas = new SvgCanvas(WIDTH, height(report));
        new RoutingPlot(report, canvas).draw();
        return canvas.document().getBytes(StandardCharsets.UTF_8);
    }

    /** Returns {@code report} as a PNG file. */
    public static byte[] png(RoutingReport report) {
        PngCanvas canvas = new PngCanvas(WIDTH, height(report));
        new RoutingPlot(report, canvas).draw();
        return canvas.file();
    }

    private static int height(RoutingReport report) {
        return report.cells().stream()
                        .mapToInt(cell -> HEAD + FOOT + ROW * report.of(cell).size())
                        .sum()
                + 20;
    }

    private void draw() {
        double y = 10;
        for (Cell cell : report.cells()) {
            List<Result> results = report.of(cell);
            block(cell, results, y);
            y += HEAD + FOOT + ROW * results.size();
        }
        canvas.text(WIDTH - 30.0, y + 6, "uncalibrated model", new Font(10, "#888888", Anchor.END));
    }

    private void block(Cell cell, List<Result> results, double top) {
        String title = cell.workload().name() + "   x" + RoutingText.plain(cell.speedup()) + ", "
                + cell.workload().fleet().orElse(report.settings().fleet()).size() + " replicas, signals "
                + RoutingText.plain(cell.signalAgeMicros() / 1e3) + " ms old";
        canvas.text(14, top + 20, title, new Font(15, INK, Anchor.START));
        canvas.text(GOODPUT_START, top + 48, "goodput, % (mean, each seed)", new Font(11, INK, Anchor.START));
        canvas.text(TTFT_START, top + 48, "time to first token, s: p50 – p90 – p99", new Font(11, INK, Anchor.START));
        double bottom = top + HEAD + ROW * results.size();
        for (int percent = 0; percent <= 100; percent += 20) {
            scale(goodputAt(percent), top + HEAD - 8, bottom, String.valueOf(percent));
        }
        for (double seconds = LEAST_SECONDS; seconds <= MOST_SECONDS * 1.01; seconds *= 10) {
            scale(secondsAt(seconds), top + HEAD - 8, bottom, RoutingText.plain(Math.rint(seconds * 100) / 100));
        }
        double y = top + HEAD + ROW / 2.0;
        for (Result result : results) {
            row(result, y);
            y += ROW;
        }
    }

    private void scale(double x, double top, double bottom, String label) {
        canvas.line(x, top, x, bottom, new Pen(1, PALE));
        canvas.text(x, bottom + 13, label, new Font(10, "#666666", Anchor.MIDDLE));
    }

    private void row(Result result, double y) {
        boolean isPeer = result.policy().isPeer();
        String colour = isPeer ? THEIRS : OURS;
        canvas.text(NAME_END, y + 4, result.policy().toString(), new Font(12, isPeer ? INK : OURS, Anchor.END));
        double[] seeds = result.values(Metric.GOODPUT);
        if (!Double.isFinite(Statistics.mean(seeds))) {
            canvas.text(GOODPUT_START, y + 4, "failed", new Font(12, OURS, Anchor.START));
            return;
        }
        canvas.line(
                goodputAt(Arrays.stream(seeds).min().orElse(0)),
                y,
                goodputAt(Arrays.stream(seeds).max().orElse(0)),
                y,
                new Pen(1.5, colour));
        for (double seed : seeds) {
            canvas.dot(goodputAt(seed), y, 1.8, colour);
        }
        canvas.dot(goodputAt(Statistics.mean(seeds)), y, 4.5, colour);
        canvas.text(
                GOODPUT_END + 12,
                y + 4,
                String.format(Locale.ROOT, "%.1f", Statistics.mean(seeds)),
                new Font(11, INK, Anchor.START));
        double p50 = result.mean(Metric.TTFT_P50) / 1e3;
        double p90 = result.mean(Metric.TTFT_P90) / 1e3;
        double p99 = result.mean(Metric.TTFT_P99) / 1e3;
        canvas.line(secondsAt(p50), y, secondsAt(p99), y, new Pen(1.5, colour));
        canvas.dot(secondsAt(p50), y, 4.5, colour);
        canvas.dot(secondsAt(p90), y, 3.5, colour);
        canvas.dot(secondsAt(p99), y, 2.5, colour);
    }

    private static double goodputAt(double percent) {
        return GOODPUT_START + (GOODPUT_END - GOODPUT_START) * percent / 100;
    }

    private static double secondsAt(double seconds) {
        double within = Math.clamp(seconds, LEAST_SECONDS, MOST_SECONDS);
        return TTFT_START
                + (TTFT_END - TTFT_START) * Math.log(within / LEAST_SECONDS) / Math.log(MOST_SECONDS / LEAST_SECONDS);
    }
}
