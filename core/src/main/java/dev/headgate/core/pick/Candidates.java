package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.pool.EndpointIds;
import dev.headgate.core.signal.EngineModel;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.RoutingStats;
import java.util.Map;
import java.util.Set;

/**
 * The endpoints that a router chooses from, by index from 0; neither the set nor what is told of it changes during a call.
 * Whoever provides them says what they know; the rest reads as unknown.
 */
public interface Candidates extends EndpointIds {
    /** Returns the index of the endpoint called {@code id}, −1 if it is not here. */
    default int indexOf(EndpointId id) {
        for (int i = 0; i < size(); i++) {
            if (id(i).equals(id)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the node on which endpoint {@code index} runs, empty if unknown. */
    default String node(int index) {
        return "";
    }

    /** Returns the zone of endpoint {@code index}, empty if unknown. */
    default String zone(int index) {
        return "";
    }

    /** Returns the models and adapters that endpoint {@code index} holds loaded. */
    default Set<String> models(int index) {
        return Set.of();
    }

    /** Returns how many requests endpoint {@code index} takes at once; 0 = any number. */
    default int maxOngoing(int index) {
        return 0;
    }

    /** Returns the share of endpoint {@code index} relative to others, &gt; 0. */
    default double weight(int index) {
        return 1;
    }

    /** Returns the attributes of endpoint {@code index}, as {@code role} or {@code variant}. */
    default Map<String, String> labels(int index) {
        return Map.of();
    }

    /**
     * Returns the requests that endpoint {@code index} has by its own word, those sent since counted on top; −1 if unknown
     * or too old.
     */
    default int queueLength(int index) {
        return -1;
    }

    /** Returns whether endpoint {@code index} may have room: its length is unknown or below {@link #maxOngoing}. */
    boolean available(int index);

    /** Returns the requests assigned to endpoint {@code index} here and not yet ended, ≥ 0. */
    int inFlight(int index);

    /** Returns how many of {@link #inFlight} ask for {@code model} by {@link RequestMetadata#multiplexedModelId}. */
    default int inFlight(int index, String model) {
        return 0;
    }

    /** Returns how many different models {@link #inFlight} ask for, those that ask for none in particular left out. */
    default int modelsInFlight(int index) {
        return 0;
    }

    /** Returns the greater of {@link #queueLength} and {@link #inFlight}: the requests that endpoint {@code index} has as far as is known. */
    default int ongoing(int index) {
        return Math.max(queueLength(index), inFlight(index));
    }

    /** Returns whether any endpoint may have room. */
    default boolean anyAvailable() {
        for (int i = 0; i < size(); i++) {
            if (available(i)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the uncached prompt tokens assigned to endpoint {@code index} that wait for their first token, ≥ 0. */
    default long pendingTokens(int index) {
        return 0;
    }

    /**
     * Returns the seconds until endpoint {@code index} has computed the prompts assigned to it, by its {@link #engine} as it
     * was when they were assigned, less the time since it began with the first of them; ≥ 0. Without better knowledge, the
     * time of {@link #pendingTokens} alone.
     */
    default double pendingSeconds(int index) {
        return engine(index).tokenSeconds() * pendingTokens(index);
    }

    /**
     * Returns the uncached prompt tokens assigned to endpoint {@code index} of late, each counting half after a minute, ≥ 0:
     * the more there are for the size of its cache, the sooner it drops what nobody uses.
     */
    default double newTokens(int index) {
        return 0;
    }

    /**
     * Returns the share of the prompts of late that some endpoint was believed to hold, in [0, 1], longer prompts weighing
     * more: how likely a token that is held now is asked for again. 0 if nothing is known.
     */
    default double reuse() {
        return 0;
    }

    /** Returns the prompt tokens assigned to endpoint {@code index} and not yet ended, ≥ 0. */
    default long residentTokens(int index) {
        return 0;
    }

    /** Returns how many of this request's prompt tokens endpoint {@code index} is believed to hold, ≥ 0. */
    default int cachedTokens(int index) {
        return 0;
    }

    /** Returns the tokens that the key-value cache of endpoint {@code index} holds, 0 if unknown. */
    default long cacheCapacityTokens(int index) {
        return 0;
    }

    /** Returns what endpoint {@code index} last reported of its engine, {@link LoadReport#UNKNOWN} if nothing. */
    default LoadReport report(int index) {
        return LoadReport.UNKNOWN;
    }

    /** Returns the requests in the queue of endpoint {@code index}'s engine as last reported; NaN if unknown. */
    default double waiting(int index) {
        return report(index).waiting();
    }

    /** Returns the requests in the batch of endpoint {@code index}'s engine as last reported; NaN if unknown. */
    default double running(int index) {
        return report(index).running();
    }

    /** Returns the share of its cache, 0–1, that endpoint {@code index} uses as last reported; NaN if unknown. */
    default double kvUsage(int index) {
        return report(index).kvUsage();
    }

    /** Returns how old the last report of endpoint {@code index} is; −1 if there was none. */
    default long reportAgeNanos(int index) {
        return report(index).ageNanos();
    }

    /** Returns the blocks of prompts that endpoint {@code index} is believed to hold, all requests' together, ≥ 0. */
    default int indexedBlocks(int index) {
        return 0;
    }

    /** Returns what endpoint {@code index} says of itself for routers, {@link RoutingStats#NONE} until it has. */
    default RoutingStats stats(int index) {
        return RoutingStats.NONE;
    }

    /** Returns how fast endpoint {@code index} is believed to be; a prior until it was observed. */
    default EngineModel engine(int index) {
        return EngineModel.PRIOR;
    }

    /** Returns the seconds to this request's first token on endpoint {@code index}; NaN if that is not predicted. */
    default double predictedTtft(int index) {
        return Double.NaN;
    }

    /** Returns the seconds per output token on endpoint {@code index} with this request; NaN if that is not predicted. */
    default double predictedTpot(int index) {
        return Double.NaN;
    }
}
