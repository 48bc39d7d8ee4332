package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A router in front of another: all that is not overridden goes there. */
public abstract class ForwardingRouter implements RequestRouter {
    private final RequestRouter behind;

    /** Creates one in front of {@code behind}, which is started by it. */
    protected ForwardingRouter(RequestRouter behind) {
        this.behind = behind;
    }

    /** Returns the router behind. */
    protected final RequestRouter behind() {
        return behind;
    }

    @Override
    public void start(RouterSetup setup) {
        behind.start(setup);
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        behind.choose(candidates, request, ranks);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        behind.explain(candidates, request, index, terms);
    }

    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        return behind.costOf(candidates, request, index);
    }

    @Override
    public void endpointsChanged(Candidates all) {
        behind.endpointsChanged(all);
    }

    @Override
    public void queueLength(EndpointId endpoint, int ongoing) {
        behind.queueLength(endpoint, ongoing);
    }

    @Override
    public void sent(EndpointId endpoint, PendingRequest request) {
        behind.sent(endpoint, request);
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        behind.routed(endpoint, request);
    }

    @Override
    public void firstToken(EndpointId endpoint, PendingRequest request) {
        behind.firstToken(endpoint, request);
    }

    @Override
    public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
        behind.completed(endpoint, request, outcome);
    }

    @Override
    public void died(EndpointId endpoint) {
        behind.died(endpoint);
    }

    @Override
    public void unavailable(EndpointId endpoint) {
        behind.unavailable(endpoint);
    }

    @Override
    public Set<Need> needs() {
        return behind.needs();
    }

    @Override
    public boolean contentAware() {
        return behind.contentAware();
    }

    @Override
    public boolean weighsModels() {
        return behind().weighsModels();
    }

    @Override
    public boolean parallel() {
        return behind.parallel();
    }

    @Override
    public @Nullable Object handOver() {
        return behind.handOver();
    }

    @Override
    public void close() {
        behind.close();
    }
}
