package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy that chooses within what one part allows: the model's if the request names one to be loaded, else the session's if
 * it has one, else the locality's. A policy that weighs models chooses among all for a request that names one: it may be worth
 * more to load it elsewhere than to queue for its holder or to wait until somebody holds it.
 *
 * <p>While a locality's scope is narrower than the pool it asks to be called again at once, so that the next scope is tried
 * without waiting.
 */
public final class ComposedRouter extends ForwardingRouter {
    private final Composition composition;
    private final NarrowedCandidates narrowed = new NarrowedCandidates();
    private final Ranks inner = new Ranks();
    private @Nullable RouterPart models;
    private @Nullable RouterPart sessions;
    private @Nullable RouterPart locality;
    private List<RouterPart> parts = List.of();

    /** Creates one that asks {@code policy}, which is started by it. */
    public ComposedRouter(RequestRouter policy, Composition composition) {
        super(policy);
        this.composition = composition;
    }

    /**
     * Starts the policy.
     *
     * @throws IllegalArgumentException if the policy refuses a parameter, or the oldest is to come first and the policy chose
     *     the endpoint for one request in particular
     */
    @Override
    public void start(RouterSetup setup) {
        behind().start(setup);
        if (composition.fifo() && behind().contentAware()) {
            throw new IllegalArgumentException(
                    "compose.fifo: true (expected: false, as the policy chooses an endpoint for"
                            + " what a request asks and another request must not take it)");
        }
        models = composition.multiplex() ? setup.models() : null;
        sessions = composition.sessions() ? setup.sessions() : null;
        locality = composition.locality() ? setup.locality() : null;
        parts = new ArrayList<>();
        for (RouterPart part : new @Nullable RouterPart[] {models, sessions, locality}) {
            if (part != null) {
                parts.add(part);
            }
        }
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        RouterPart part = part(request.metadata());
        if (part == null || (part == models && candidates.size() == 1)) { // whoever is alone is not waited for
            behind().choose(candidates, request, ranks);
            return;
        }
        RouterPart.IndexSet kept = part.narrow(candidates, request);
        if (kept.size() == candidates.size()) {
            behind().choose(candidates, request, ranks);
            return;
        }
        if (kept.size() > 0) {
            inner.reset(kept.size());
            behind().choose(narrowed.to(candidates, kept), request, inner);
            copy(inner, ranks);
        }
        if (part == locality) {
            ranks.retryAtOnce();
        }
    }

    /** What a part narrows depends on what it was asked before, so that only a choice tells. */
    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        return part(request.metadata()) == null ? behind().costOf(candidates, request, index) : Double.NaN;
    }

    @Override
    public void endpointsChanged(Candidates all) {
        behind().endpointsChanged(all);
        parts.forEach(part -> part.endpointsChanged(all));
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        behind().routed(endpoint, request);
        parts.forEach(part -> part.routed(endpoint, request));
    }

    @Override
    public void died(EndpointId endpoint) {
        behind().died(endpoint);
        parts.forEach(part -> part.died(endpoint));
    }

    /** Returns whether a found endpoint goes to the request that waits longest. */
    public boolean isFifo() {
        return composition.fifo();
    }

    private @Nullable RouterPart part(RequestMetadata metadata) {
        if (models != null && !metadata.multiplexedModelId().isEmpty()) {
            return behind().weighsModels() ? null : models;
        }
        return sessions != null && !metadata.sessionId().isEmpty() ? sessions : locality;
    }

    private void copy(Ranks from, Ranks to) {
        for (int rank = 0; rank < from.count(); rank++) {
            for (int k = 0; k < from.size(rank); k++) {
                to.add(narrowed.at(from.get(rank, k)));
            }
            to.next();
        }
        if (from.retriesAtOnce()) {
            to.retryAtOnce();
        }
    }
}
