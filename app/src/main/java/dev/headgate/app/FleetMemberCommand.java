package dev.headgate.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headgate.client.Backend;
import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.fleet.FleetOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One process of the fleet that {@code bench fleet} measures: a client that sends until its standard input ends. */
@Command(
        name = "fleet-member",
        hidden = true,
        description = "Send requests until standard input ends, and say what came of them.")
final class FleetMemberCommand implements Callable<Integer> {
    static final String PATH = "/v1/chat/completions";
    private static final String BODY = "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}";
    private static final int WARM_UP = 40;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(names = "--backends", split = ",", required = true, description = "URL=PRIORITY of each.")
    private List<String> backends = List.of();

    @Option(names = "--redis", description = "Share over this.")
    private Optional<String> redis = Optional.empty();

    @Option(
            names = "--rate",
            required = true,
            converter = Converters.Positive.class,
            description = "Requests a second.")
    private int perSecond;

    private final ConcurrentLinkedQueue<Long> micros = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>(); // guarded by itself
    private final AtomicInteger broken = new AtomicInteger();

    @Override
    public Integer call() throws IOException {
        FleetOptions shared = redis.map(url -> FleetOptions.of(url, "bench")).orElse(null);
        try (Sharing sharing = Sharing.over(shared);
                FailoverClient client = client(sharing::join);
                ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WARM_UP; i++) {
                send(client);
            }
            micros.clear();
            synchronized (statuses) {
                statuses.clear();
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println("ready");
            out.flush();
            load(client, senders);
            out.println(report());
            out.flush();
        }
        return 0;
    }

    private FailoverClient client(Consumer<FailoverRouter> sharing) {
        List<Backend> all = new ArrayList<>();
        for (String each : backends) {
            int equals = each.lastIndexOf('=');
            String url = each.substring(0, equals);
            all.add(Backend.of(url, Integer.parseInt(each.substring(equals + 1)))
                    .withId("b" + all.size()));
        }
        return FailoverClient.builder().backends(all).sharing(sharing).build();
    }

    /** Sends at a steady rate, whatever comes back, until standard input ends. */
    private void load(FailoverClient client, ExecutorService senders) throws IOException {
        long everyNanos = 1_000_000_000L / perSecond;
        long next = System.nanoTime() + ThreadLocalRandom.current().nextLong(everyNanos);
        Thread end = Thread.ofVirtual().start(FleetMemberCommand::awaitEnd);
        while (end.isAlive()) {
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
                continue;
            }
            next += everyNanos;
            senders.execute(() -> send(client));
        }
    }

    private static void awaitEnd() {
        try {
            var _ = System.in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void send(FailoverClient client) {
        long began = System.nanoTime();
        try (ClientResponse response = client.send(ClientRequest.post(PATH, BODY))) {
            micros.add((System.nanoTime() - began) / 1_000);
            synchronized (statuses) {
                statuses.merge(response.status(), 1, Integer::sum);
            }
        } catch (IOException e) {
            broken.incrementAndGet();
        }
    }

    private String report() throws IOException {
        List<Long> sorted = micros.stream().sorted().toList();
        synchronized (statuses) {
            return new JsonMapper()
                    .writeValueAsString(Map.of(
                            "statuses",
                            statuses,
                            "broken",
                            broken.get(),
                            "p50Micros",
                            quantile(sorted, 0.5),
                            "p99Micros",
                            quantile(sorted, 0.99)));
        }
    }

    private static long quantile(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0L : sorted.get((int) (share * (sorted.size() - 1)));
    }
}
