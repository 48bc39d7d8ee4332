package dev.headgate.lab.script;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.admit.FlowTargets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the {@code flow} object of a pool: routing.md §9. What it does not name has its default. */
final class FlowReader {
    private FlowReader() {}

    static FlowSettings read(Fields flow) {
        flow.only(
                "detector",
                "staleIsSaturated",
                "maxRequests",
                "maxBytes",
                "ceilings",
                "fairness",
                "order",
                "weights",
                "ttl",
                "noEndpointTtl",
                "earlyReject",
                "ttftTarget",
                "ttftTargetPerToken",
                "tpotTarget",
                "binding",
                "prefillWindow");
        FlowSettings standard = FlowSettings.DEFAULTS;
        FlowTargets targets = standard.targets();
        FlowBinding binding = standard.binding();
        return new FlowSettings(
                named(flow, "detector", standard.detector()),
                flow.flag("staleIsSaturated", standard.staleIsSaturated()),
                flow.small("maxRequests", standard.maxRequests()),
                flow.count("maxBytes", standard.maxBytes()),
                named(flow, "ceilings", standard.ceilings()),
                named(flow, "fairness", standard.fairness()),
                named(flow, "order", standard.order()),
                weights(flow),
                flow.duration("ttl", standard.ttl()),
                flow.duration("noEndpointTtl", standard.noEndpointTtl()),
                flow.flag("earlyReject", standard.earlyReject()),
                new FlowTargets(
                        flow.duration("ttftTarget", targets.ttft()),
                        flow.duration("ttftTargetPerToken", targets.ttftPerToken()),
                        flow.duration("tpotTarget", targets.tpot())),
                new FlowBinding(
                        named(flow, "binding", binding.when()), flow.small("prefillWindow", binding.prefillWindow())));
    }

    private static Map<String, Double> weights(Fields flow) {
        Map<String, Double> weights = new HashMap<>();
        Fields given = flow.object("weights");
        if (given != null) {
            given.entries().keySet().forEach(tenant -> weights.put(tenant, given.number(tenant)));
        }
        return weights;
    }

    private static <E extends Enum<E>> E named(Fields flow, String key, E standard) {
        List<String> names = new ArrayList<>();
        E[] all = standard.getDeclaringClass().getEnumConstants();
        for (E each : all) {
            names.add(name(each));
        }
        return all[names.indexOf(flow.choice(key, name(standard), names))];
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
