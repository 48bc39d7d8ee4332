package dev.headgate.core.route;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendTraits;
import dev.headgate.core.pool.EndpointId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The backends of a pool as its policy sees them: as configured, changed by what they have said of themselves since, and how
 * many requests each was sent. Guarded by the pool's lock.
 */
final class BackendFacts {
    private final Map<EndpointId, Fact> facts = new LinkedHashMap<>();

    /** Goes on with {@code backends}; those that are configured as before are still what they said they are. */
    void become(List<Backend> backends) {
        Map<EndpointId, Fact> before = new LinkedHashMap<>(facts);
        facts.clear();
        for (Backend backend : backends) {
            Fact known = before.get(backend.id());
            PoolEndpoint endpoint = endpoint(backend);
            facts.put(
                    backend.id(),
                    known != null && known.configured.equals(endpoint) ? known : new Fact(endpoint, sentTo(known)));
        }
    }

    private static PoolEndpoint endpoint(Backend backend) {
        BackendTraits traits = backend.traits();
        return new PoolEndpoint(
                backend.id(),
                traits.place().node(),
                traits.place().zone(),
                backend.models().keySet(),
                0,
                Math.max(1, backend.weight()),
                traits.labels(),
                0,
                traits.tellsOngoing(),
                traits.tellsOngoing());
    }

    private static long sentTo(@Nullable Fact fact) {
        return fact == null ? 0 : fact.sent;
    }

    /** Returns the endpoints, in the order configured; none takes more than {@code maxOngoing} at once, if that is > 0. */
    List<PoolEndpoint> endpoints(int maxOngoing) {
        List<PoolEndpoint> endpoints = new ArrayList<>(facts.size());
        facts.values().forEach(fact -> endpoints.add(limited(fact.known, maxOngoing)));
        return endpoints;
    }

    private static PoolEndpoint limited(PoolEndpoint endpoint, int maxOngoing) {
        boolean isOver = maxOngoing > 0 && endpoint.maxOngoing() > maxOngoing;
        return isOver ? endpoint.taking(maxOngoing) : endpoint;
    }

    /** Changes what is known of a backend; returns whether that is another thing than before. */
    boolean learn(EndpointId backend, UnaryOperator<PoolEndpoint> change) {
        Fact fact = facts.get(backend);
        if (fact == null) {
            return false;
        }
        PoolEndpoint next = change.apply(fact.known);
        boolean isNew = !next.equals(fact.known);
        fact.known = next;
        return isNew;
    }

    /** A request is being sent to {@code backend}. */
    void sent(EndpointId backend) {
        Fact fact = facts.get(backend);
        if (fact != null) {
            fact.sent++;
        }
    }

    /** Returns how many requests {@code backend} was sent. */
    long sentTo(EndpointId backend) {
        return sentTo(facts.get(backend));
    }

    private static final class Fact {
        private final PoolEndpoint configured;
        private PoolEndpoint known;
        private long sent;

        Fact(PoolEndpoint configured, long sent) {
            this.configured = configured;
            this.known = configured;
            this.sent = sent;
        }
    }
}
