package dev.headgate.lab.routing;

import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.time.Deadline;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.workload.Fleet;

/**
 * The requests of a run as engines and as routers see them. The same requests are cut twice: into the engine's blocks, and into
 * those of the router's index.
 */
final class OfferedRequests {
    private static final String TASK = "chat";
    private static final double MOST_OF_CACHE = 0.95;

    private final Trace forEngine;
    private final Trace forIndex;
    private final int indexBlock;
    private final boolean partialBlocks;
    private final boolean adapters;
    private final int dropped;

    /** Prepares {@code trace}; requests that fit no replica of {@code fleet} with some room left are dropped. */
    OfferedRequests(Trace trace, EngineConstants engine, Fleet fleet) {
        EngineConstants.Limits limits = engine.limits();
        double smallest = fleet.replicas().stream()
                .mapToDouble(replica -> replica.cache() * limits.kvTokens())
                .min()
                .orElse(0);
        Trace kept = trace.keep(r -> {
            long blocks = (trace.input(r) + limits.blockTokens() - 1L) / limits.blockTokens();
            return blocks * limits.blockTokens() + trace.output(r) <= MOST_OF_CACHE * smallest;
        });
        dropped = trace.size() - kept.size();
        indexBlock = limits.indexBlockTokens();
        partialBlocks = engine.conduct().partialBlocksHit();
        adapters = limits.adapters() > 0;
        forEngine = kept.cutFor(limits.blockTokens());
        forIndex = kept.cutFor(indexBlock);
    }

    /** Returns these with other answer lengths. */
    OfferedRequests withOutputs(int[] outputs) {
        return new OfferedRequests(this, forEngine.withOutputs(outputs), forIndex.withOutputs(outputs));
    }

    private OfferedRequests(OfferedRequests other, Trace engine, Trace index) {
        forEngine = engine;
        forIndex = index;
        indexBlock = other.indexBlock;
        partialBlocks = other.partialBlocks;
        adapters = other.adapters;
        dropped = other.dropped;
    }

    Trace trace() {
        return forEngine;
    }

    int dropped() {
        return dropped;
    }

    /** Returns request {@code r} as a router sees it; its prompt has no blocks unless {@code hashed}. */
    InferenceRequest request(int r, boolean hashed) {
        int tokens = forIndex.input(r);
        int count = hashed ? (partialBlocks ? (tokens + indexBlock - 1) / indexBlock : tokens / indexBlock) : 0;
        long[] blocks = new long[count];
        int perUnit = forIndex.unitTokens() / indexBlock;
        for (int k = 0; k < count; k++) {
            blocks[k] = hash((long) forIndex.unit(r, k / perUnit) * perUnit + k % perUnit);
        }
        return new InferenceRequest(
                "r" + r,
                forIndex.model(r),
                TASK,
                0,
                forIndex.priority(r),
                forIndex.tenant(r),
                Deadline.NEVER,
                true,
                new Prompt(tokens, indexBlock, blocks));
    }

    /** Returns what a router knows of request {@code r} besides. */
    RequestMetadata metadata(int r, long internalId) {
        return new RequestMetadata(
                "r" + r,
                internalId,
                TASK,
                "",
                "",
                adapters ? forIndex.model(r) : "",
                forIndex.session(r),
                true,
                RequestMetadata.Protocol.HTTP,
                forIndex.tenant(r),
                forIndex.priority(r),
                Deadline.NEVER);
    }

    private static long hash(long number) {
        long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
        return mixed ^ mixed >>> 29;
    }
}
