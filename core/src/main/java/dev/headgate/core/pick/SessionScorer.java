package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;

/** {@code session}: 1 for the endpoint that the session is on, 0 for others. llm-d. */
final class SessionScorer implements Scorer {
    private final SessionPart sessions;

    SessionScorer(SessionPart sessions) {
        this.sessions = sessions;
    }

    @Override
    public void score(Candidates candidates, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
        int mapped = sessions.mapped(candidates, request);
        for (int k = 0; k < among.size(); k++) {
            scores[among.get(k)] = among.get(k) == mapped ? 1 : 0;
        }
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        sessions.routed(endpoint, request);
    }

    @Override
    public void endpointsChanged(Candidates all) {
        sessions.endpointsChanged(all);
    }
}
