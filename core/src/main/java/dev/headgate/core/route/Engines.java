package dev.headgate.core.route;

import dev.headgate.core.request.Outcome;
import dev.headgate.core.signal.EngineLearner;
import dev.headgate.core.signal.EngineModel;
import java.util.HashMap;
import java.util.Map;

/** What a pool learns of its engines: endpoints with the same label {@code variant} learn from one another. */
final class Engines {
    private static final String VARIANT = "variant";

    /** Variants are named by a deployment; more would be a mistake, and they then learn as one pool. */
    private static final int MOST_VARIANTS = 1_000;

    private final EngineLearner pool = EngineLearner.ofPool(EngineModel.PRIOR);
    private final Map<String, EngineLearner> variants = new HashMap<>();

    /** Returns the learner of a new endpoint. */
    EngineLearner of(PoolEndpoint endpoint) {
        String variant = endpoint.labels().get(VARIANT);
        if (variant == null || (variants.size() >= MOST_VARIANTS && !variants.containsKey(variant))) {
            return pool.endpoint();
        }
        return variants.computeIfAbsent(variant, name -> pool.variant()).endpoint();
    }

    /** An attempt is sent behind {@code pending} tokens of others. */
    static void sent(Call call, long pending, long nowNanos) {
        call.sentNanos = nowNanos;
        call.firstTokenNanos = 0;
        call.pendingBefore = pending;
    }

    /** The first token of an attempt came. */
    static void firstToken(PoolLease lease, long nowNanos) {
        Call call = lease.call();
        int tokens = call.request().prompt().tokens();
        call.firstTokenNanos = nowNanos;
        lease.member.learner.firstToken(
                call.pendingBefore,
                lease.uncachedTokens,
                tokens - lease.uncachedTokens,
                (nowNanos - call.sentNanos) / 1e9);
    }

    /** A whole answer came; {@code requests} and {@code resident} tokens are with the engine, this one's included. */
    static void completed(PoolLease lease, Outcome.Completed outcome, int requests, long resident, long nowNanos) {
        Call call = lease.call();
        long tokens = outcome.usage().completionTokens();
        if (tokens > 1 && call.firstTokenNanos != 0) {
            lease.member.learner.laterTokens(
                    requests, resident, (nowNanos - call.firstTokenNanos) / 1e9 / (tokens - 1));
        }
    }
}
