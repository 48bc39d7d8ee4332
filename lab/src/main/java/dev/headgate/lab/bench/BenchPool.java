package dev.headgate.lab.bench;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.pick.RoutingContext;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.PrefixIndex;
import dev.headgate.core.signal.PrefixMatches;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Endpoints in the middle of a busy day, and requests that come to them: conversations of 188 blocks, 12,032 tokens, the
 * mean of the Mooncake trace, that begin with one of a few system prompts of 20 blocks. Each was served by two endpoints, up
 * to a point in the second; the requests are more than a processor's cache holds the index of.
 */
final class BenchPool implements Candidates {
    private static final int BLOCKS = 188;
    private static final int SYSTEM_BLOCKS = 20;
    private static final int SYSTEM_PROMPTS = 20;
    private static final int BLOCK_TOKENS = 64;
    private static final int CONVERSATIONS_PER_ENDPOINT = 20;
    private static final int MOST_CONVERSATIONS = 2000;

    private final EndpointId[] ids;
    private final int[] inFlight;
    private final long[] pendingTokens;
    private final long[] residentTokens;
    private final LoadReport[] reports;
    private final PrefixIndex index = new PrefixIndex(8192, PrefixIndex.DEFAULT_MAX_BYTES);
    private final PrefixMatches matches = new PrefixMatches();
    private final List<Request> requests = new ArrayList<>();
    private Prompt prompt = Prompt.NONE;
    private int next;

    BenchPool(int endpoints) {
        SplittableRandom random = new SplittableRandom(endpoints);
        ids = new EndpointId[endpoints];
        inFlight = random.ints(endpoints, 0, 40).toArray();
        pendingTokens = random.longs(endpoints, 0, 20_000).toArray();
        residentTokens = random.longs(endpoints, 0, 300_000).toArray();
        reports = new LoadReport[endpoints];
        for (int i = 0; i < endpoints; i++) {
            ids[i] = new EndpointId("endpoint-" + i);
            reports[i] = new LoadReport(random.nextInt(20), random.nextInt(40), random.nextDouble(), 20_000_000);
            index.join();
        }
        int conversations = Math.min(MOST_CONVERSATIONS, endpoints * CONVERSATIONS_PER_ENDPOINT);
        for (int i = 0; i < conversations; i++) {
            Prompt conversation = conversation(i, random.nextInt(SYSTEM_PROMPTS), BLOCKS);
            index.confirm(random.nextInt(endpoints), conversation);
            index.confirm(
                    random.nextInt(endpoints),
                    new Prompt(BLOCKS * BLOCK_TOKENS, BLOCK_TOKENS, beginning(conversation, random.nextInt(BLOCKS))));
            requests.add(new Request(i, conversation));
        }
    }

    /** Returns the next request without looking it up. */
    PendingRequest request() {
        next = next + 1 == requests.size() ? 0 : next + 1;
        return requests.get(next);
    }

    /** Looks {@code request}'s prompt up for all endpoints; returns what the first holds. */
    int lookUp(PendingRequest request) {
        prompt = request.request().prompt();
        index.match(prompt, matches);
        return matches.blocks(0);
    }

    @Override
    public int size() {
        return ids.length;
    }

    @Override
    public EndpointId id(int index) {
        return ids[index];
    }

    @Override
    public boolean available(int index) {
        return inFlight[index] < 100;
    }

    @Override
    public int inFlight(int index) {
        return inFlight[index];
    }

    @Override
    public long pendingTokens(int index) {
        return pendingTokens[index];
    }

    @Override
    public long residentTokens(int index) {
        return residentTokens[index];
    }

    @Override
    public int cachedTokens(int index) {
        return prompt.hit(matches.blocks(index));
    }

    @Override
    public long cacheCapacityTokens(int index) {
        return 420_992;
    }

    @Override
    public LoadReport report(int index) {
        return reports[index];
    }

    private static Prompt conversation(int number, int system, int length) {
        long[] blocks = new long[length];
        SplittableRandom shared = new SplittableRandom(system);
        SplittableRandom own = new SplittableRandom(1_000_000L + number);
        for (int k = 0; k < length; k++) {
            blocks[k] = k < SYSTEM_BLOCKS ? shared.nextLong() : own.nextLong();
        }
        return new Prompt(length * BLOCK_TOKENS, BLOCK_TOKENS, blocks);
    }

    private static long[] beginning(Prompt prompt, int length) {
        long[] blocks = new long[length];
        for (int k = 0; k < length; k++) {
            blocks[k] = prompt.block(k);
        }
        return blocks;
    }

    /** One request of the round. */
    private static final class Request implements PendingRequest {
        private final InferenceRequest request;
        private final RequestMetadata metadata;
        private final RoutingContext context = new RoutingContext();

        Request(int number, Prompt prompt) {
            request = InferenceRequest.of("id", "m", "chat").withPrompt(prompt);
            metadata = RequestMetadata.of(request, number);
        }

        @Override
        public InferenceRequest request() {
            return request;
        }

        @Override
        public RequestMetadata metadata() {
            return metadata;
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
            return context;
        }
    }
}
