package dev.headgate.core.failover;

import dev.headgate.core.guard.Cooldown;
import dev.headgate.core.guard.QuotaReport;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.CoolingCause;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What other processes say about the backends of a router. All of it merges: order, repetition and loss do no harm, and
 * nothing of it is told to others again. Backends and models that the router does not know are passed over.
 *
 * <p>Thread-safe.
 */
public final class SharedNews {
    private static final long MILLI = 1_000_000;
    private static final String SOURCE = "shared";

    private final FailoverRouter router;

    SharedNews(FailoverRouter router) {
        this.router = router;
    }

    /** {@code part} is to be left alone for {@code waitNanos} from now. */
    public void cooled(BackendPart part, CoolingCause cause, long waitNanos) {
        PoolState pool = router.pool(part.pool());
        Cooldown cooldown = cooldown(pool, part);
        long now = router.now();
        if (pool != null && cooldown != null && cooldown.hear(cause, waitNanos, now, pool.settings.cooldown())) {
            String model = part.upstreamModel() == null ? "" : part.upstreamModel();
            long wait = cooldown.remainingNanos(now) / MILLI;
            router.listener.cooling(part.pool(), part.backend(), model, cause, 0, wait, SOURCE);
        }
    }

    /**
     * An answer of {@code part} told another process what is left of its limits.
     *
     * @param stamp when that was, by a clock that all who share go by
     */
    public void left(BackendPart part, QuotaReport report, long stamp) {
        BackendState backend = backend(router.pool(part.pool()), part);
        if (backend != null && part.upstreamModel() != null) {
            long now = router.now();
            backend.models.of(part.upstreamModel(), now).quota.hear(report, stamp, now);
        }
    }

    /** Names all parts of backends that others may know something about: as configured, and as called lately. */
    public void eachPart(Consumer<BackendPart> action) {
        for (PoolState pool : router.pools()) {
            for (int i = 0; i < pool.states.length; i++) {
                Backend backend = pool.backends.get(i);
                String id = backend.id().value();
                action.accept(BackendPart.whole(pool.name, id));
                Set<String> models = new TreeSet<>(backend.models().values());
                pool.states[i].models.forEach((model, state) -> models.add(model));
                models.forEach(model -> action.accept(new BackendPart(pool.name, id, model)));
            }
        }
    }

    /** Tells the port again what this process still keeps away from, as those who share may have lost it. */
    public void tellAgain() {
        SharedPort port = router.shared();
        long now = router.now();
        for (PoolState pool : router.pools()) {
            for (int i = 0; i < pool.states.length; i++) {
                String id = pool.backends.get(i).id().value();
                tell(port, BackendPart.whole(pool.name, id), pool.states[i].cooldown, now);
                pool.states[i].models.forEach(
                        (model, state) -> tell(port, new BackendPart(pool.name, id, model), state.cooldown, now));
            }
        }
    }

    private static void tell(SharedPort port, BackendPart part, Cooldown cooldown, long now) {
        CoolingCause cause = cooldown.firmCause(now);
        if (cause != null) {
            port.cooled(part, cause, cooldown.firmRemainingNanos(now));
        }
    }

    private @Nullable Cooldown cooldown(@Nullable PoolState pool, BackendPart part) {
        BackendState backend = backend(pool, part);
        if (backend == null || part.upstreamModel() == null) {
            return backend == null ? null : backend.cooldown;
        }
        return backend.models.of(part.upstreamModel(), router.now()).cooldown;
    }

    private static @Nullable BackendState backend(@Nullable PoolState pool, BackendPart part) {
        return pool == null ? null : pool.stateOf(part.backend());
    }
}
