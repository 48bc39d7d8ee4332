package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.time.Ticker;
import java.util.random.RandomGenerator;

/**
 * One consideration that composes with any policy: locality, loaded models, sessions. What happens to requests is told to it
 * by whoever holds it; to be told twice does no harm.
 */
public interface RouterPart {
    /** Prefers endpoints on {@code node}, then in {@code zone}; either is empty if it is unknown or not preferred. */
    static RouterPart locality(String node, String zone) {
        return new LocalityPart(node, zone);
    }

    /** Prefers endpoints that hold the model or adapter of a request. */
    static RouterPart models(Ticker ticker, RandomGenerator random) {
        return new ModelPart(ticker, random);
    }

    /** Prefers the endpoint that accepted the latest request of a session. */
    static RouterPart sessions(Ticker ticker) {
        return new SessionPart(ticker);
    }

    /** Adds all candidates to {@code ranks}, in the order of this consideration. */
    void rank(Candidates candidates, PendingRequest request, Ranks ranks);

    /** Returns the candidates that this consideration allows in this pass; what is returned is valid until the next call. */
    IndexSet narrow(Candidates candidates, PendingRequest request);

    /** An attempt was accepted. */
    default void routed(EndpointId endpoint, PendingRequest request) {}

    /** The membership or the attributes of the pool have changed. */
    default void endpointsChanged(Candidates all) {}

    /** An endpoint is gone for good. */
    default void died(EndpointId endpoint) {}

    /** A set of candidates. */
    interface IndexSet {
        /** Returns how many there are. */
        int size();

        /** Returns the {@code k}-th, in ascending order. */
        int get(int k);

        /** Returns whether candidate {@code index} is in it. */
        boolean contains(int index);
    }
}
