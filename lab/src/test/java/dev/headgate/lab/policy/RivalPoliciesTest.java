package dev.headgate.lab.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterPart;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pick.RoutingContext;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.request.Usage;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.time.Deadline;
import dev.headgate.core.time.Ticker;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RivalPoliciesTest {
    private long nowNanos;

    @Test
    void rivalsComeBesideHeadgatesOwn() {
        assertThat(RivalPolicies.all().names())
                .containsAll(RoutingPolicies.builtIn().names())
                .contains("prequal-hcl", "sglang-least-load", "aibrix-prefix", "stack-load-aware", "dynamo", "preble");
        assertThatThrownBy(() -> started("dynamo", Map.of("temperature", -1)))
                .hasMessage("temperature: -1 (expected: 0 to 100)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"prequal-hcl", "sglang-least-load", "aibrix-prefix", "stack-load-aware", "dynamo", "preble"})
    void availableEndpointIsChosenWheneverThereIsOne(String name) {
        SplittableRandom random = new SplittableRandom(7);
        RequestRouter router = started(name, Map.of());
        for (int i = 0; i < 2000; i++) {
            nowNanos += random.nextLong(1_000_000_000);
            State state = new State(1 + random.nextInt(9), random);
            router.endpointsChanged(state);
            Request request = new Request(i, random.nextInt(3000));
            Ranks ranks = choose(router, state, request);
            int chosen = ranks.get(0, 0);
            assertThat(state.available(chosen)).isEqualTo(state.anyAvailable());
            router.sent(state.id(chosen), request);
            router.routed(state.id(chosen), request);
            nowNanos += random.nextLong(100_000_000);
            router.firstToken(state.id(chosen), request);
            router.completed(state.id(chosen), request, new Outcome.Completed(new Usage(100, 50), 0));
        }
        assertThat(choose(router, new State(0, random), new Request(1, 10)).count())
                .isZero();
    }

    @Test
    void prequalTakesTheFasterOfTheColdOnes() {
        RequestRouter router = started("prequal-hcl", Map.of());
        State state = idle(3);
        for (int i = 0; i < 3; i++) {
            Request request = new Request(i, 10);
            router.sent(state.id(i), request);
            nowNanos += 1_000_000L * (3 - i);
            router.firstToken(state.id(i), request);
        }
        assertThat(choose(router, state, new Request(9, 10)).get(0, 0)).isEqualTo(2);

        state.ongoing[2] = 5;
        assertThat(choose(router, state, new Request(9, 10)).get(0, 0)).isEqualTo(1);
    }

    @Test
    void leastLoadWeighsTheQueueAgainstTheCache() {
        RequestRouter router = started("sglang-least-load", Map.of());
        State state = idle(2);
        state.pending[0] = 1000;
        state.usage[1] = 0.5;
        assertThat(choose(router, state, new Request(1, 10)).get(0, 0)).isEqualTo(1);
        state.usage[1] = 0.8;
        assertThat(choose(router, state, new Request(1, 10)).get(0, 0)).isEqualTo(0);
    }

    @Test
    void aibrixPassesOverAnOverloadedHolder() {
        RequestRouter router = started("aibrix-prefix", Map.of());
        State state = idle(4);
        state.cached[1] = 500;
        state.cached[2] = 100;
        assertThat(choose(router, state, new Request(1, 1000)).get(0, 0)).isEqualTo(1);
        state.ongoing[1] = 8;
        assertThat(choose(router, state, new Request(1, 1000)).get(0, 0)).isEqualTo(2);
        state.ongoing[2] = 9;
        assertThat(choose(router, state, new Request(1, 1000)).get(0, 0)).isIn(0, 3);
    }

    @Test
    void stackTradesAMatchForAQueue() {
        RequestRouter router = started("stack-load-aware", Map.of());
        State state = idle(2);
        state.ongoing[0] = 6;
        state.ongoing[1] = 4;
        state.cached[0] = 500;
        assertThat(choose(router, state, new Request(1, 1000)).get(0, 0)).isEqualTo(0);
        state.cached[0] = 300;
        assertThat(choose(router, state, new Request(1, 1000)).get(0, 0)).isEqualTo(1);
    }

    @Test
    void dynamoCountsPrefillAndDecodeBlocks() {
        RequestRouter router = started("dynamo", Map.of());
        State state = idle(2);
        state.cached[0] = 640;
        state.resident[0] = 1000;
        assertThat(choose(router, state, new Request(1, 1000)).get(0, 0)).isEqualTo(0);
        state.resident[0] = 2000;
        assertThat(choose(router, state, new Request(1, 1000)).get(0, 0)).isEqualTo(1);
    }

    @Test
    void prebleFollowsALongMatchAndSpreadsTheRest() {
        RequestRouter router = started("preble", Map.of());
        State state = idle(2);
        Request first = new Request(1, 8000);
        choose(router, state, first);
        router.sent(state.id(0), first);
        router.completed(state.id(0), first, Outcome.COMPLETED);
        state.cached[0] = 600;
        assertThat(choose(router, state, new Request(2, 1000)).get(0, 0)).isEqualTo(0);
        assertThat(choose(router, state, new Request(3, 9000)).get(0, 0)).isEqualTo(1);

        nowNanos += 181_000_000_000L;
        assertThat(choose(router, state, new Request(4, 9000)).get(0, 0)).isEqualTo(0);
    }

    private RequestRouter started(String name, Map<String, ?> parameters) {
        RequestRouter router = RivalPolicies.all().create(name);
        router.start(new Setup(() -> nowNanos, new SplittableRandom(1), RouterSetup.Parameters.of(parameters)));
        return router;
    }

    private static Ranks choose(RequestRouter router, Candidates candidates, PendingRequest request) {
        Ranks ranks = new Ranks();
        ranks.reset(candidates.size());
        router.choose(candidates, request, ranks);
        return ranks;
    }

    private static State idle(int size) {
        State state = new State(size, new SplittableRandom(1));
        for (int i = 0; i < size; i++) {
            state.ongoing[i] = 0;
            state.pending[i] = 0;
            state.resident[i] = 0;
            state.cached[i] = 0;
            state.usage[i] = 0;
            state.max[i] = 0;
        }
        return state;
    }

    /** Endpoints in a state of which anything may be true. */
    private static final class State implements Candidates {
        private final int[] ongoing;
        private final long[] pending;
        private final long[] resident;
        private final int[] cached;
        private final double[] usage;
        private final int[] max;

        State(int size, SplittableRandom random) {
            ongoing = random.ints(size, 0, 6).toArray();
            pending = random.longs(size, 0, 3000).toArray();
            resident = random.longs(size, 0, 300_000).toArray();
            cached = random.ints(size, 0, 3000).toArray();
            usage = random.doubles(size, 0, 1)
                    .map(u -> u > 0.8 ? Double.NaN : u)
                    .toArray();
            max = random.ints(size, 0, 7).toArray();
        }

        @Override
        public int size() {
            return ongoing.length;
        }

        @Override
        public EndpointId id(int index) {
            return new EndpointId("r" + index);
        }

        @Override
        public boolean available(int index) {
            return max[index] == 0 || ongoing[index] < max[index];
        }

        @Override
        public int inFlight(int index) {
            return ongoing[index];
        }

        @Override
        public long pendingTokens(int index) {
            return pending[index];
        }

        @Override
        public long residentTokens(int index) {
            return resident[index];
        }

        @Override
        public int cachedTokens(int index) {
            return cached[index];
        }

        @Override
        public LoadReport report(int index) {
            return new LoadReport(0, 0, usage[index], 0);
        }
    }

    private record Setup(Ticker ticker, RandomGenerator random, Parameters parameters) implements RouterSetup {
        @Override
        public String pool() {
            return "pool";
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

    private record Request(long id, int tokens) implements PendingRequest {
        @Override
        public InferenceRequest request() {
            return InferenceRequest.of("id", "m", "chat").withPrompt(new Prompt(tokens, 64, new long[0]));
        }

        @Override
        public RequestMetadata metadata() {
            return new RequestMetadata(
                    "",
                    id,
                    "chat",
                    "",
                    "",
                    "",
                    "",
                    false,
                    RequestMetadata.Protocol.HTTP,
                    InferenceRequest.ANYONE,
                    0,
                    Deadline.NEVER);
        }

        @Override
        public long createdAtNanos() {
            return 0;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public RoutingContext context() {
            return new RoutingContext();
        }
    }
}
