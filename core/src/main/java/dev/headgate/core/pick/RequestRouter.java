package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which endpoint of a pool a request goes to: the plug-in interface, and what every built-in policy is.
 *
 * <p>Calls on one instance never overlap and come in order, unless {@link #parallel} says otherwise. An exception from any
 * method, or a choice that makes no sense, makes the pool use its fallback policy for that pass; the request is not lost.
 */
public interface RequestRouter extends AutoCloseable {
    /** Fills {@code ranks} with endpoints, best rank first. Must not block; it can be asked again for the same request. */
    void choose(Candidates candidates, PendingRequest request, Ranks ranks);

    /** Prepares it, before anything else is called. {@link IllegalArgumentException} refuses a parameter. */
    default void start(RouterSetup setup) {}

    /** The membership or the attributes of the pool have changed; also called once before the first choice. */
    default void endpointsChanged(Candidates all) {}

    /** An endpoint said in a probe, a rejection or a reply how many requests it has. */
    default void queueLength(EndpointId endpoint, int ongoing) {}

    /** An attempt is being written. */
    default void sent(EndpointId endpoint, PendingRequest request) {}

    /** An attempt was accepted: called exactly once per accepted attempt. */
    default void routed(EndpointId endpoint, PendingRequest request) {}

    /** The first token of the answer has come. */
    default void firstToken(EndpointId endpoint, PendingRequest request) {}

    /** An attempt is over: called exactly once per sent attempt. */
    default void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {}

    /** An endpoint is gone for good. */
    default void died(EndpointId endpoint) {}

    /** An endpoint did not answer, and may again. */
    default void unavailable(EndpointId endpoint) {}

    /** Returns what it reads; what is not named is not computed. */
    default Set<Need> needs() {
        return Set.of();
    }

    /**
     * Returns whether which request it is matters to the choice: an endpoint found for one must then not go to another.
     * Asked after {@link #start}.
     */
    default boolean contentAware() {
        return needs().contains(Need.PREFIX) || needs().contains(Need.PREDICTION);
    }

    /**
     * Returns whether it weighs itself what it costs to load a model or adapter, and keeps a burst from loading one
     * everywhere. If a pool prefers endpoints that hold the model of a request, it nevertheless chooses among all.
     */
    default boolean weighsModels() {
        return false;
    }

    /** Tells {@code terms} what it made of candidate {@code index}, as it would choose at this moment; draws no chance. */
    default void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {}

    /**
     * Returns what it costs to send the request to candidate {@code index} at this moment, in the unit of the policy; draws no
     * chance. Infinite where it must not go; NaN if the policy knows no cost, and then it is asked to choose instead.
     */
    default double costOf(Candidates candidates, PendingRequest request, int index) {
        return Double.NaN;
    }

    /** Returns whether it may be called from several threads at once. */
    default boolean parallel() {
        return false;
    }

    /** Returns what the router that takes its place may go on with, as {@link RouterSetup#previousState}. */
    default @Nullable Object handOver() {
        return null;
    }

    @Override
    default void close() {}

    /** Takes the parts of a decision, one by one. */
    @FunctionalInterface
    interface Terms {
        /** What the sum of the others is called, by policies that add up. */
        String TOTAL = "total";

        /** Takes one: a cost, a score or a weight by its name. */
        void term(String name, double value);
    }

    /** Something that costs work to know. */
    enum Need {
        /** {@link dev.headgate.core.request.Prompt#tokens}. */
        PROMPT_TOKENS,
        /** {@link Candidates#cachedTokens} and the hashes of the prompt. */
        PREFIX,
        /** The body of the request. */
        BODY,
        /** {@link Candidates#stats}. */
        STATS,
        /** {@link Candidates#predictedTtft}, {@link Candidates#predictedTpot} and {@link Candidates#engine}. */
        PREDICTION
    }
}
