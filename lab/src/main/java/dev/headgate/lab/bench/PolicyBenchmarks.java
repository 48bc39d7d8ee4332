package dev.headgate.lab.bench;

import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterPart;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.signal.PromptHasher;
import dev.headgate.core.time.Ticker;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a routing policy's choice costs, routing.md §12, over different numbers of endpoints. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PolicyBenchmarks {
    /** Draws two of the endpoints. */
    @Benchmark
    public int p2c(Pool pool) {
        return pool.choose(pool.p2c);
    }

    /** Takes the endpoint with the fewest requests. */
    @Benchmark
    public int leastRequest(Pool pool) {
        return pool.choose(pool.leastRequest);
    }

    /** Three scorers over endpoints of which the prompt was looked up before. */
    @Benchmark
    public int gie(Pool pool) {
        return pool.choose(pool.gie);
    }

    /** Four scorers, likewise. */
    @Benchmark
    public int fourScorers(Pool pool) {
        return pool.choose(pool.fourScorers);
    }

    /** Looks a prompt of 188 blocks up and chooses by cost. */
    @Benchmark
    public int marginalCostWithLookup(Pool pool) {
        return pool.lookUpAndChoose(pool.marginalCost);
    }

    /** Looks a prompt of 188 blocks up for all endpoints. */
    @Benchmark
    public int lookupOf188Blocks(Pool pool) {
        return pool.endpoints.lookUp(pool.endpoints.request());
    }

    /** Hashes the 400 KB of a prompt of 100,000 tokens. */
    @Benchmark
    public int hash400Kilobytes(Text text) {
        text.hasher.start("m");
        text.hasher.update(text.bytes, 0, text.bytes.length);
        return text.hasher.tokens();
    }

    /** Endpoints and the policies that choose between them. */
    @State(Scope.Thread)
    public static class Pool {
        /** How many endpoints there are. */
        @Param({"16", "128", "1000"})
        public int size;

        private final Ranks ranks = new Ranks();
        private final RequestRouter p2c = started("p2c", Map.of());
        private final RequestRouter leastRequest = started("least-request", Map.of());
        private final RequestRouter gie = started("gie", Map.of());
        private final RequestRouter fourScorers =
                started("weighted", Map.of("scorers", "queue:2+kv:2+prefix:3+active-request:1"));
        private final RequestRouter marginalCost = started("marginal-cost", Map.of());
        private BenchPool endpoints = new BenchPool(1);

        /** Creates the endpoints. */
        @Setup
        public void create() {
            endpoints = new BenchPool(size);
            endpoints.lookUp(endpoints.request());
        }

        int choose(RequestRouter router) {
            return chosen(router, endpoints.request());
        }

        int lookUpAndChoose(RequestRouter router) {
            PendingRequest request = endpoints.request();
            endpoints.lookUp(request);
            return chosen(router, request);
        }

        private int chosen(RequestRouter router, PendingRequest request) {
            ranks.reset(endpoints.size());
            router.choose(endpoints, request, ranks);
            return ranks.get(0, 0);
        }

        private static RequestRouter started(String name, Map<String, ?> parameters) {
            RequestRouter router = RoutingPolicies.builtIn().create(name);
            router.start(new Start(System::nanoTime, new SplittableRandom(1), RouterSetup.Parameters.of(parameters)));
            return router;
        }
    }

    /** A long prompt. */
    @State(Scope.Thread)
    public static class Text {
        private final PromptHasher hasher = new PromptHasher();
        private final byte[] bytes = new byte[400_000];

        /** Fills it. */
        public Text() {
            new SplittableRandom(1).nextBytes(bytes);
        }
    }

    private record Start(Ticker ticker, RandomGenerator random, Parameters parameters) implements RouterSetup {
        @Override
        public String pool() {
            return "bench";
        }

        @Override
        public @Nullable Object previousState() {
            return null;
        }

        @Override
        public RouterPart locality() {
            return RouterPart.locality("", "");
        }

        @Override
        public RouterPart models() {
            return RouterPart.models(ticker, random);
        }

        @Override
        public RouterPart sessions() {
            return RouterPart.sessions(ticker);
        }
    }
}
