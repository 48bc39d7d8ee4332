package dev.headgate.app;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.admit.FlowSettings.Fairness;
import dev.headgate.core.admit.FlowTargets;
import dev.headgate.lab.routing.Slo;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How requests of a routing simulation wait, and for what they wait too long. */
final class FlowOptions {
    @Option(
            names = "--slo",
            paramLabel = "SLO",
            defaultValue = "ttft=2s,tpot=50ms",
            description =
                    "What a good answer keeps; ttft=auto is 0.5 s and 0.25 ms per token. Default ${DEFAULT-VALUE}.")
    private String slo = "ttft=2s,tpot=50ms";

    @Option(
            names = "--binding",
            paramLabel = "WHEN",
            description =
                    "When a request is bound to its replica: early, late or auto. Default late if --flow says which"
                            + " tenant is served next, as engines know no tenants, else early.")
    private Optional<String> binding = Optional.empty();

    @Option(
            names = "--flow",
            paramLabel = "FAIRNESS",
            defaultValue = "off",
            description =
                    "The waiting room in front of the fleet: off, on, or which tenant is served next: vtc, which is"
                            + " on, drr, round-robin, las or none. Default ${DEFAULT-VALUE}; on with --binding late or auto.")
    private String flow = "off";

    /** Returns the waiting room, empty if there is none. */
    Optional<FlowSettings> flow() {
        Fairness fairness = flow.equals("off") || flow.equals("on")
                ? FlowSettings.DEFAULTS.fairness()
                : OptionValue.named("--flow", Fairness.class, flow, "off", "on");
        FlowBinding.When when = binding.isPresent()
                ? OptionValue.named("--binding", FlowBinding.When.class, binding.get())
                : flow.equals("off") || fairness == Fairness.NONE ? FlowBinding.When.EARLY : FlowBinding.When.LATE;
        if (flow.equals("off") && when == FlowBinding.When.EARLY) {
            return Optional.empty();
        }
        return Optional.of(FlowSettings.DEFAULTS
                .withFairness(fairness, Map.of())
                .withBinding(FlowBinding.EARLY.binding(when))
                .withTargets(targets(slo())));
    }

    private static FlowTargets targets(Slo slo) {
        Duration tpot = Duration.ofNanos(slo.tpotMicros() * OptionValue.NANOS_PER_MICRO);
        return slo.ttftMicros() == Slo.AUTO
                ? new FlowTargets(Duration.ofMillis(500), Duration.ofNanos(250_000), tpot)
                : new FlowTargets(
                        Duration.ofNanos(slo.ttftMicros() * OptionValue.NANOS_PER_MICRO), Duration.ZERO, tpot);
    }

    /** Returns what a good answer keeps. */
    Slo slo() {
        long ttft = Slo.DEFAULT.ttftMicros();
        long tpot = Slo.DEFAULT.tpotMicros();
        for (String part : slo.split(",", -1)) {
            String[] keyAndValue = part.strip().split("=", 2);
            String value = keyAndValue.length == 2 ? keyAndValue[1] : "";
            switch (keyAndValue[0]) {
                case "ttft" -> ttft = value.equals("auto") ? Slo.AUTO : OptionValue.micros("--slo", value);
                case "tpot" -> tpot = OptionValue.micros("--slo", value);
                default -> throw CommandException.wrongUse("--slo: " + part + " (expected: ttft=… or tpot=…)");
            }
        }
        return new Slo(ttft, tpot);
    }
}
