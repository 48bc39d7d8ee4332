package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.time.Ticker;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Keeps a session on the endpoint that accepted its latest request. A session is forgotten with its endpoint, after an hour
 * without a request, and when 100,000 others were active since.
 */
final class SessionPart implements RouterPart {
    private static final int MOST_SESSIONS = 100_000;
    private static final long IDLE_NANOS = 3_600_000_000_000L;

    private final Ticker ticker;
    private final CandidateSet narrowed = new CandidateSet();
    private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > MOST_SESSIONS;
        }
    };

    SessionPart(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Returns the candidate that the request's session is on, −1 if there is none. */
    int mapped(Candidates candidates, PendingRequest request) {
        String id = request.metadata().sessionId();
        Session session = id.isEmpty() ? null : sessions.get(id);
        if (session == null) {
            return -1;
        }
        if (ticker.nanos() - session.usedAtNanos > IDLE_NANOS) {
            sessions.remove(id);
            return -1;
        }
        return candidates.indexOf(session.endpoint);
    }

    @Override
    public void rank(Candidates candidates, PendingRequest request, Ranks ranks) {
        int mapped = mapped(candidates, request);
        if (mapped >= 0) {
            ranks.add(mapped);
        }
        ranks.next();
        for (int i = 0; i < candidates.size(); i++) {
            ranks.add(i);
        }
    }

    @Override
    public IndexSet narrow(Candidates candidates, PendingRequest request) {
        int mapped = mapped(candidates, request);
        return mapped >= 0 ? narrowed.clear().add(mapped) : narrowed.fill(candidates.size());
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        String id = request.metadata().sessionId();
        if (!id.isEmpty()) {
            sessions.put(id, new Session(endpoint, ticker.nanos()));
        }
    }

    @Override
    public void endpointsChanged(Candidates all) {
        Set<EndpointId> present = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            present.add(all.id(i));
        }
        sessions.values().removeIf(session -> !present.contains(session.endpoint));
    }

    @Override
    public void died(EndpointId endpoint) {
        sessions.values().removeIf(session -> session.endpoint.equals(endpoint));
    }

    private record Session(EndpointId endpoint, long usedAtNanos) {}
}
