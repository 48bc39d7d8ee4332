package dev.headgate.app.config;

import dev.headgate.core.failover.FailoverPlan.PoolPlan;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.gateway.relay.PoolEdge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the pools: one whose endpoints are workers, and those whose endpoints are backends. */
final class PoolsReader {
    private static final Kind<Duration> OR_OFF =
            Kind.duration(Duration.ofMillis(1)).or("off", Duration.ZERO);

    /** A body is held in one array where it has to be read. */
    private static final long LARGEST_REQUEST_BYTES = 1L << 30;

    private final List<PoolPlan> plans = new ArrayList<>();
    private final List<PoolEdge> edges = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();
    private @Nullable String dispatchPool;
    private @Nullable Section dispatchSection;
    private @Nullable RouterSettings workerRouter;

    private PoolsReader() {}

    static PoolsReader read(Map<String, Section> pools) {
        PoolsReader reader = new PoolsReader();
        pools.forEach(reader::read);
        return reader;
    }

    /** Returns the pool that workers serve, null if there is none. */
    @Nullable
    String dispatchPool() {
        return dispatchPool;
    }

    /** Returns the router that chooses among workers, null if placement does. */
    @Nullable
    RouterSettings workerRouter() {
        return workerRouter;
    }

    /** Checks what is asked of the workers' pool against how the dispatcher places tasks. */
    void checkPlacement(PlacementPolicy placement) {
        if (workerRouter != null && dispatchSection != null && placement != PlacementPolicy.LATE) {
            dispatchSection.problem(
                    "router",
                    "given (expected: none, as dispatch.placement.policy: "
                            + placement.name().toLowerCase(Locale.ROOT) + " chooses workers itself)");
        }
    }

    /** Returns the names of the pools with backends, also of those with problems. */
    Set<String> names() {
        return names;
    }

    /** Returns what the core knows of them; whole only if there was no problem. */
    List<PoolPlan> plans() {
        return plans;
    }

    /** Returns what the edge knows of them; whole only if there was no problem. */
    List<PoolEdge> edges() {
        return edges;
    }

    private void read(String name, Section section) {
        if (!section.reading().describes() && !BackendReader.isName(name)) {
            section.problem("(expected: " + BackendReader.NAME.expected() + ")");
        }
        boolean hasWorkers = section.value("dispatch", Kind.flag(), false);
        if (hasWorkers) {
            section.notBuilt("flow", "tasks wait as dispatch says");
            if (dispatchPool != null) {
                section.problem("dispatch", "true (expected: false, as pool " + dispatchPool + " has the workers)");
            }
            dispatchPool = name;
            dispatchSection = section;
            workerRouter = WorkerRouterReader.read(section, false);
            section.endFor("a pool with dispatch: true");
        } else {
            names.add(name);
            backends(name, section);
        }
    }

    private void backends(String name, Section section) {
        List<BackendReader.Pair> backends = BackendReader.read(section.sections("backends"));
        if (!section.has("backends")) {
            section.problem("backends", "missing (expected: at least one backend, or dispatch: true)");
        } else if (backends.isEmpty() && section.isSound()) {
            section.problem("backends", "none (expected: at least one backend, or dispatch: true)");
        } else if (section.isSound()
                && backends.stream().allMatch(pair -> pair.backend().weight() == 0)) {
            section.problem("backends", "all have weight: 0 (expected: at least one with more)");
        }
        FailoverSettings settings = PoolReader.read(section);
        long maxRequestBytes =
                section.value("maxRequestBytes", Kind.bytes(LARGEST_REQUEST_BYTES), PoolEdge.MAX_REQUEST_BYTES);
        Duration heartbeat = section.value("heartbeat", OR_OFF, Duration.ZERO);
        PoolEdge.Expose expose = section.value("expose", Kind.choice(PoolEdge.Expose.class), PoolEdge.Expose.IDS);
        section.end();
        plans.add(new PoolPlan(
                name, backends.stream().map(BackendReader.Pair::backend).toList(), settings));
        edges.add(new PoolEdge(
                name, backends.stream().map(BackendReader.Pair::edge).toList(), maxRequestBytes, heartbeat, expose));
    }
}
