package dev.headgate.lab.live;

import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.routing.PolicySpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The configuration of a gateway that sees what a simulated router sees. */
final class LiveConfig {
    private LiveConfig() {}

    /**
     * Returns one with a pool for what is measured, and another for the warm-up, so that what the first learns is its own.
     * The index may hold as many blocks of a replica as that holds itself; nothing is tried twice.
     */
    static String yaml(List<Integer> ports, PolicySpec policy, EngineConstants constants) {
        EngineConstants.Limits limits = constants.limits();
        long blocks = limits.kvTokens() / limits.indexBlockTokens();
        return """
                listen: {host: 127.0.0.1, port: 0}
                admin: off
                routes:
                  - {models: [%1$s], pool: %1$s}
                  - {models: [%2$s], pool: %2$s}
                pools:
                %3$s%4$s""".formatted(
                        ChatBodies.MODEL,
                        ChatBodies.WARM_UP,
                        pool(ChatBodies.MODEL, ports, policy, blocks),
                        pool(ChatBodies.WARM_UP, ports, policy, blocks));
    }

    private static String pool(String name, List<Integer> ports, PolicySpec policy, long blocks) {
        String backends = IntStream.range(0, ports.size())
                .mapToObj(i -> "      - {id: replica-%04d, url: \"http://127.0.0.1:%d\"}%n".formatted(i, ports.get(i)))
                .collect(Collectors.joining());
        return """
                  %s:
                    router: {policy: %s%s, index: {maxBlocks: %d}}
                    attempts: {max: 1}
                    timeouts: {ttft: 10m, response: 10m, idle: 10m, total: 30m}
                    backends:
                %s""".formatted(name, policy.name(), with(policy.parameters()), blocks, backends);
    }

    private static String with(Map<String, String> parameters) {
        if (parameters.isEmpty()) {
            return "";
        }
        return parameters.entrySet().stream()
                .map(parameter -> parameter.getKey() + ": " + parameter.getValue())
                .collect(Collectors.joining(", ", ", with: {", "}"));
    }
}
