package dev.headgate.app.config;

import dev.headgate.core.signal.EngineType;
import dev.headgate.core.signal.SignalSettings;
import dev.headgate.core.signal.SignalSettings.EngineMetrics;
import java.time.Duration;
import java.util.Optional;

/** Reads what the backends of a pool are asked about themselves. */
final class SignalsReader {
    private static final SignalSettings STANDARD = SignalSettings.DEFAULTS;
    private static final EngineMetrics METRICS = EngineMetrics.of(EngineType.VLLM);
    private static final Kind<Duration> SOME = Kind.duration(Duration.ofMillis(1));
    private static final Kind<String> PATH = Kind.text(
            "a path such as /metrics",
            text -> Optional.of(text)
                    .filter(path -> path.startsWith("/") && path.chars().noneMatch(c -> c <= ' ')));

    private SignalsReader() {}

    /** Returns the settings under {@code engine} and {@code stats} of a router. */
    static SignalSettings read(Section router, boolean indexesAnswers) {
        Optional<EngineMetrics> engine = router.sectionOrOff("engine").map(SignalsReader::engine);
        Section stats = router.section("stats");
        SignalSettings settings = new SignalSettings(
                engine,
                stats.value("period", SOME, STANDARD.statsPeriod()),
                stats.value("timeout", SOME, STANDARD.statsTimeout()),
                indexesAnswers);
        stats.end();
        return settings;
    }

    private static EngineMetrics engine(Section section) {
        EngineType type = section.value("type", Kind.choice(EngineType.class), METRICS.type());
        String path = section.value("path", PATH, METRICS.path());
        int port = section.optional("port", Kind.integer(1, 65_535)).orElse(METRICS.port());
        Duration period = section.value("period", Kind.duration(EngineMetrics.LEAST_PERIOD), METRICS.period());
        if (period.compareTo(EngineMetrics.MOST_PERIOD) > 0) {
            section.problem("period", Quantity.text(period) + " (expected: 50ms to 5s)");
            period = EngineMetrics.MOST_PERIOD;
        }
        Duration timeout = section.value("timeout", SOME, METRICS.timeout());
        section.end();
        return new EngineMetrics(type, path, port, period, timeout);
    }
}
