package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A router that writes down what it is told, and names the candidates that a test wants, in their order. */
final class RecordingRouter implements RequestRouter {
    final List<String> told = new ArrayList<>();
    final Map<PendingRequest, Integer> open = new HashMap<>(); // sent and not completed
    private final Predicate<EndpointId> wanted;
    private String name = "recording";

    RecordingRouter(Predicate<EndpointId> wanted) {
        this.wanted = wanted;
    }

    /** Names only {@code ids}. */
    static RecordingRouter naming(String... ids) {
        List<String> wanted = List.of(ids);
        return new RecordingRouter(id -> wanted.contains(id.value()));
    }

    RecordingRouter called(String newName) {
        name = newName;
        return this;
    }

    /** Returns the settings of a pool that this routes, on the thread that {@code calls} stands for. */
    RouterSettings on(Consumer<Runnable> calls) {
        return settings(name, this, calls);
    }

    /** Returns the settings of a pool that {@code router} routes, on the thread that {@code calls} stands for. */
    static RouterSettings settings(String name, RequestRouter router, Consumer<Runnable> calls) {
        RouterCode code = () -> new RouterCode.Instance(router, calls);
        return new RouterSettings(
                name, code, Map.of(), Composition.DEFAULT, "", "round-robin", PoolSettings.DEFAULTS, Optional.empty());
    }

    /** Returns the settings of a pool that a policy routes. */
    static RouterSettings policy(String name) {
        return new RouterSettings(name, Map.of(), Composition.DEFAULT, "", "random", PoolSettings.DEFAULTS);
    }

    /** Returns what was said since the last call. */
    List<String> said() {
        List<String> said = List.copyOf(told);
        told.clear();
        return said;
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            seen.add(candidates.id(i) + "=" + candidates.inFlight(i) + "/" + candidates.maxOngoing(i));
            if (wanted.test(candidates.id(i))) {
                ranks.add(i);
            }
        }
        told.add("choose " + request.request().model() + " of " + seen);
    }

    @Override
    public void endpointsChanged(Candidates all) {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            seen.add(all.id(i) + ":" + all.models(i));
        }
        told.add("endpoints " + seen);
    }

    @Override
    public void sent(EndpointId endpoint, PendingRequest request) {
        open.merge(request, 1, Integer::sum);
        told.add("sent " + endpoint + " " + request.request().model());
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        told.add("routed " + endpoint + " " + request.request().model());
    }

    @Override
    public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
        open.computeIfPresent(request, (key, count) -> count == 1 ? null : count - 1);
        told.add("completed " + endpoint + " " + request.request().model() + " "
                + outcome.getClass().getSimpleName());
    }

    @Override
    public void died(EndpointId endpoint) {
        told.add("died " + endpoint);
    }

    @Override
    public void unavailable(EndpointId endpoint) {
        told.add("unavailable " + endpoint);
    }

    @Override
    public void close() {
        told.add("closed");
    }
}
