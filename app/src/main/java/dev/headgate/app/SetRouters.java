package dev.headgate.app;

import dev.headgate.app.config.RouterObject;
import dev.headgate.app.config.RouterObject.Allowed;
import dev.headgate.app.config.ServeConfig;
import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverPlan.PoolPlan;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.gateway.relay.RelayOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The routers that operators have set, over those of the configuration file. One is in force until the file says something
 * else of its pool's router, or the server ends. Immutable.
 */
final class SetRouters {
    /** No router was set. */
    static final SetRouters NONE = new SetRouters(Map.of());

    private final Map<String, Entry> byPool;

    private SetRouters(Map<String, Entry> byPool) {
        this.byPool = Map.copyOf(byPool);
    }

    /**
     * Returns these and that of {@code pool}; {@link #over} reads it.
     *
     * @param file the configuration file, at whose folder relative paths start
     * @param ofFile what the configuration file says
     */
    SetRouters with(String pool, String json, Path file, ServeConfig ofFile) {
        Map<String, Entry> more = new HashMap<>(byPool);
        more.put(pool, new Entry(json, file, router(ofFile, pool)));
        return new SetRouters(more);
    }

    /** Returns these without that of {@code pool}. */
    SetRouters without(String pool) {
        Map<String, Entry> fewer = new HashMap<>(byPool);
        fewer.remove(pool);
        return new SetRouters(fewer);
    }

    /** Returns those in whose place the configuration file, which says {@code ofFile} now, has said nothing else since. */
    SetRouters thatHold(ServeConfig ofFile) {
        Map<String, Entry> fewer = new HashMap<>(byPool);
        fewer.entrySet().removeIf(each -> !Objects.equals(router(ofFile, each.getKey()), each.getValue().ofFile));
        return new SetRouters(fewer);
    }

    /** Returns whether that of {@code pool} was set. */
    boolean has(String pool) {
        return byPool.containsKey(pool);
    }

    /**
     * Returns {@code config} with these routers. They are read again, and a {@code ConfigException} tells of
     * one that is no good.
     */
    ServeConfig over(ServeConfig config) {
        if (byPool.isEmpty()) {
            return config;
        }
        Allowed allowed = Allowed.by(config);
        Set<Path> files = new HashSet<>();
        RouterSettings ofWorkers = config.workerRouter();
        Entry entry = config.dispatchPool() == null ? null : byPool.get(config.dispatchPool());
        if (entry != null && ofWorkers != null && ofWorkers.equals(entry.ofFile)) {
            RouterObject read = RouterObject.ofWorkers(entry.json, entry.file, allowed);
            files.addAll(read.files());
            ofWorkers = read.settings();
        }
        RelayOptions relay = config.relay();
        return config.with(ofWorkers, relay == null ? null : over(relay, allowed, files), files);
    }

    private RelayOptions over(RelayOptions relay, Allowed allowed, Set<Path> files) {
        List<PoolPlan> pools = new ArrayList<>();
        for (PoolPlan pool : relay.plan().pools()) {
            Entry entry = byPool.get(pool.name());
            if (entry == null || !Objects.equals(pool.settings().router(), entry.ofFile)) {
                pools.add(pool);
            } else {
                RouterObject read = RouterObject.read(entry.json, entry.file, allowed);
                files.addAll(read.files());
                pools.add(new PoolPlan(
                        pool.name(),
                        pool.backends(),
                        pool.settings().with().router(read.settings()).build()));
            }
        }
        FailoverPlan plan = relay.plan().withPools(pools);
        return new RelayOptions(plan, relay.pools(), relay.maxBufferedBytes());
    }

    private static @Nullable RouterSettings router(ServeConfig config, String pool) {
        RelayOptions relay = config.relay();
        if (pool.equals(config.dispatchPool())) {
            return config.workerRouter();
        }
        return relay == null
                ? null
                : relay.plan().pools().stream()
                        .filter(plan -> plan.name().equals(pool))
                        .findFirst()
                        .map(plan -> RouterSettings.of(plan.settings()))
                        .orElse(null);
    }

    /**
     * A router that was set.
     *
     * @param ofFile what the configuration file said when it was set
     */
    private record Entry(String json, Path file, @Nullable RouterSettings ofFile) {}
}
