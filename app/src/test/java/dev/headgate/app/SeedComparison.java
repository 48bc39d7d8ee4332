package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headgate.lab.provider.CanonicalAnswer;
import dev.headgate.lab.provider.Conduct;
import dev.headgate.lab.provider.FakeProvider;
import dev.headgate.lab.provider.Script;
import dev.headgate.lab.provider.Try;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The same load through Headgate and through openai-priority-loadbalancer: one backend of the first tier that takes ten
 * requests a second, and two of the second tier.
 */
final class SeedComparison implements AutoCloseable {
    private static final int PER_SECOND = 25;
    private static final int FIRST_TIER_PER_SECOND = 10;
    private static final List<String> BALANCERS = List.of("seed", "headgate");
    private static final String WARM_UP = "warm-up"; // its answers are thrown away

    /** The seed changes the host of a URL and never its port, so every backend has an address of its own. */
    private static final List<String> HOSTS = List.of("127.0.0.1", "127.0.0.2", "127.0.0.3");

    private final List<FakeProvider> providers = new ArrayList<>();

    private SeedComparison() throws IOException {
        for (String host : HOSTS) {
            int port = providers.isEmpty() ? 0 : providers.getFirst().port();
            providers.add(FakeProvider.start(InetAddress.getByName(host), port));
        }
    }

    /** What the backends do beside answering. */
    enum Fault {
        THROTTLED("tier 1 throttles: 429, Retry-After: 1"),
        TOLD_AS_DURATION("tier 1 throttles: 429, x-ratelimit-reset-requests: 1s"),
        ONE_RESETS("tier 1 throttles and one backend of tier 2 resets every connection");

        private final String words;

        Fault(String words) {
            this.words = words;
        }

        String modelOf(String balancer) {
            return balancer + "-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private Script scriptOf(int backend) {
            if (backend == 0) {
                Map<String, String> hint = this == TOLD_AS_DURATION
                        ? Map.of("x-ratelimit-reset-requests", "1s")
                        : Map.of("retry-after", "1");
                return new Throttle(FIRST_TIER_PER_SECOND, hint);
            }
            return this == ONE_RESETS && backend == 1 ? Script.always(new Conduct.Reset()) : Script.healthy();
        }
    }

    /**
     * What came of one balancer under one fault.
     *
     * @param lost requests without the whole answer
     * @param wasted upstream attempts that were not answered with 200
     * @param firstBytes milliseconds to the first event of each stream, in ascending order
     */
    record Row(Fault fault, String balancer, int requests, int lost, int wasted, List<Double> firstBytes) {
        Row {
            firstBytes = firstBytes.stream().sorted().toList();
        }

        double firstByteMillis(int percent) {
            int rank = (int) Math.ceil(percent / 100.0 * firstBytes.size());
            return firstBytes.get(Math.max(0, rank - 1));
        }

        private String line() {
            return "| %s | %s | %d of %d | %d | %.0f ms | %.0f ms |%n"
                    .formatted(
                            fault.words,
                            balancer.equals("seed") ? "openai-priority-loadbalancer 1.1.1" : "Headgate",
                            lost,
                            requests,
                            wasted,
                            firstByteMillis(50),
                            firstByteMillis(95));
        }
    }

    /** Asks so many times for every fault and balancer. */
    static List<Row> run(Path folder, int requests) throws IOException, InterruptedException {
        try (SeedComparison comparison = new SeedComparison()) {
            comparison.script();
            Path config = Files.writeString(folder.resolve("headgate.yaml"), comparison.configuration());
            List<Row> rows = new ArrayList<>();
            rows.addAll(comparison.rows("seed", comparison.seedTarget(), requests));
            try (ServerProcess server = ServerProcess.start("--workers", "0", "--config", config.toString())) {
                rows.addAll(comparison.rows("headgate", server.url(), requests));
            }
            return rows;
        }
    }

    /** Returns the rows as Markdown, fault by fault. */
    static String table(List<Row> rows, int requests) {
        StringBuilder table = new StringBuilder();
        table.append(
                "%d requests at %d a second after a warm-up, half of them streams%n%n".formatted(requests, PER_SECOND));
        table.append("""
                | backends | balancer | requests lost | attempts wasted | first byte of a stream, median | p95 |
                |---|---|---|---|---|---|
                """);
        for (Fault fault : Fault.values()) {
            rows.stream().filter(row -> row.fault() == fault).forEach(row -> table.append(row.line()));
        }
        return table.toString();
    }

    private void script() {
        for (int i = 0; i < providers.size(); i++) {
            for (Fault fault : Fault.values()) {
                for (String balancer : BALANCERS) {
                    providers.get(i).script(fault.modelOf(balancer), fault.scriptOf(i));
                }
            }
            providers.get(i).script(WARM_UP, Script.healthy());
        }
    }

    private String configuration() {
        StringBuilder backends = new StringBuilder();
        for (int i = 0; i < providers.size(); i++) {
            backends.append("      - {id: b%d, url: \"http://%s:%d\", priority: %d}%n"
                    .formatted(i + 1, HOSTS.get(i), providers.get(i).port(), priority(i)));
        }
        return """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                pools:
                  main:
                    backends:
                %s""".formatted(backends);
    }

    private String seedTarget() {
        List<String> backends = new ArrayList<>();
        for (int i = 0; i < providers.size(); i++) {
            backends.add(HOSTS.get(i) + ":" + providers.get(i).port() + "=" + priority(i));
        }
        return String.join(",", backends);
    }

    private static int priority(int backend) {
        return backend == 0 ? 1 : 2;
    }

    private List<Row> rows(String balancer, String target, int requests) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(
                List.of(balancer, target, String.valueOf(requests), String.valueOf(PER_SECOND), WARM_UP));
        for (Fault fault : Fault.values()) {
            arguments.add(fault.modelOf(balancer));
        }
        JsonNode seen = Peers.seed("balanced.py", arguments.toArray(String[]::new));
        return Arrays.stream(Fault.values())
                .map(fault -> row(fault, balancer, seen.path(fault.modelOf(balancer))))
                .collect(Collectors.toList());
    }

    private Row row(Fault fault, String balancer, JsonNode results) {
        int lost = 0;
        List<Double> firstBytes = new ArrayList<>();
        for (JsonNode result : results) {
            lost += result.path("text").asText().equals(CanonicalAnswer.TEXT) ? 0 : 1;
            if (result.has("firstMillis")) {
                firstBytes.add(result.path("firstMillis").asDouble());
            }
        }
        assertThat(firstBytes).as("streams of %s, %s", balancer, fault).isNotEmpty();
        int wasted = 0;
        for (FakeProvider provider : providers) {
            for (Try one : provider.tries(fault.modelOf(balancer))) {
                wasted += one.status() == 200 ? 0 : 1;
            }
        }
        return new Row(fault, balancer, results.size(), lost, wasted, firstBytes);
    }

    @Override
    public void close() throws IOException {
        for (FakeProvider provider : providers) {
            provider.close();
        }
    }
}
