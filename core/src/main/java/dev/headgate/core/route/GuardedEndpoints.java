package dev.headgate.core.route;

import dev.headgate.core.guard.EndpointGuard;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pool.Endpoint;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.pool.PoolSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The guards of a snapshot's endpoints, with one ready-made view per model that an endpoint names. Immutable. */
final class GuardedEndpoints {
    private final Map<EndpointId, EndpointGuard> guards;
    private final Map<String, View> byModel;
    private final View anyModel;

    private GuardedEndpoints(Map<EndpointId, EndpointGuard> guards, Map<String, View> byModel, View anyModel) {
        this.guards = guards;
        this.byModel = byModel;
        this.anyModel = anyModel;
    }

    /** Returns guards for {@code snapshot}; one that was in {@code before} keeps its load. */
    static GuardedEndpoints of(PoolSnapshot snapshot, @Nullable GuardedEndpoints before) {
        Map<EndpointId, EndpointGuard> guards = new HashMap<>();
        Map<String, View> byModel = new HashMap<>();
        List<EndpointGuard> ordered = new ArrayList<>();
        for (Endpoint endpoint : snapshot.endpoints()) {
            EndpointGuard kept = before == null ? null : before.guards.get(endpoint.id());
            EndpointGuard guard = kept == null ? new EndpointGuard(endpoint) : kept.changedTo(endpoint);
            guards.put(endpoint.id(), guard);
            ordered.add(guard);
        }
        for (EndpointGuard guard : ordered) {
            for (String model : guard.endpoint().models()) {
                byModel.computeIfAbsent(model, m -> View.of(ordered, m));
            }
        }
        return new GuardedEndpoints(guards, byModel, View.ofUniversal(ordered));
    }

    View candidatesFor(String model) {
        View view = byModel.get(model);
        return view == null ? anyModel : view;
    }

    /** The endpoints that serve one model. */
    static final class View implements Candidates {
        private final EndpointGuard[] guards;

        private View(List<EndpointGuard> guards) {
            this.guards = guards.toArray(EndpointGuard[]::new);
        }

        private static View of(List<EndpointGuard> all, String model) {
            return new View(all.stream().filter(g -> g.endpoint().serves(model)).toList());
        }

        private static View ofUniversal(List<EndpointGuard> all) {
            return new View(
                    all.stream().filter(g -> g.endpoint().models().isEmpty()).toList());
        }

        EndpointGuard guard(int index) {
            return guards[index];
        }

        @Override
        public int size() {
            return guards.length;
        }

        @Override
        public EndpointId id(int index) {
            return guards[index].endpoint().id();
        }

        @Override
        public boolean available(int index) {
            return guards[index].hasRoom();
        }

        @Override
        public int inFlight(int index) {
            return guards[index].inFlight();
        }
    }
}
