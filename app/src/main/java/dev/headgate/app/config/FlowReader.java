package dev.headgate.app.config;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.admit.FlowTargets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads how requests wait for a pool that is saturated. */
final class FlowReader {
    private static final FlowSettings STANDARD = FlowSettings.DEFAULTS;
    private static final Kind<Duration> SOME = Kind.duration(Duration.ofMillis(1));
    private static final Kind<String> WEIGHT = Kind.text("a number from 0.001 to 1000");

    private FlowReader() {}

    /** Returns the settings under {@code flow} of a pool, empty if it has none. */
    static Optional<FlowSettings> read(Section pool) {
        Optional<Section> given = pool.sectionOrOff("flow");
        if (given.isEmpty()) {
            return Optional.empty();
        }
        Section section = given.get();
        FlowSettings settings = new FlowSettings(
                section.value("detector", Kind.choice(FlowSettings.Detector.class), STANDARD.detector()),
                section.value("staleIsSaturated", Kind.flag(), STANDARD.staleIsSaturated()),
                section.value("maxRequests", Kind.integer(0, 10_000_000), STANDARD.maxRequests()),
                section.value("maxBytes", Kind.bytes(1L << 40), STANDARD.maxBytes()),
                section.value("ceilings", Kind.choice(FlowSettings.Ceilings.class), STANDARD.ceilings()),
                section.value("fairness", Kind.choice(FlowSettings.Fairness.class), STANDARD.fairness()),
                section.value("order", Kind.choice(FlowSettings.Order.class), STANDARD.order()),
                weights(section),
                section.value("ttl", SOME, STANDARD.ttl()),
                section.value("noEndpointTtl", SOME, STANDARD.noEndpointTtl()),
                section.value("earlyReject", Kind.flag(), STANDARD.earlyReject()),
                targets(section),
                new FlowBinding(
                        section.value(
                                "binding",
                                Kind.choice(FlowBinding.When.class),
                                STANDARD.binding().when()),
                        section.value(
                                "prefillWindow",
                                Kind.integer(0, 10_000_000),
                                STANDARD.binding().prefillWindow())));
        section.end();
        return Optional.of(settings);
    }

    private static FlowTargets targets(Section section) {
        FlowTargets standard = STANDARD.targets();
        Kind<Duration> any = Kind.duration(Duration.ZERO);
        return new FlowTargets(
                section.value("ttftTarget", SOME, standard.ttft()),
                section.value("ttftTargetPerToken", any, standard.ttftPerToken()),
                section.value("tpotTarget", SOME, standard.tpot()));
    }

    private static Map<String, Double> weights(Section section) {
        Map<String, Double> weights = new LinkedHashMap<>();
        section.words("weights", WEIGHT).orElse(Map.of()).forEach((tenant, text) -> {
            double weight = number(text);
            if (weight >= FlowSettings.LEAST_WEIGHT && weight <= FlowSettings.MOST_WEIGHT) {
                weights.put(tenant, weight);
            } else {
                section.problem("weights", tenant + ": " + text + " (expected: " + WEIGHT.expected() + ")");
            }
        });
        return weights;
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
