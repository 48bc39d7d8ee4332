package dev.headgate.gateway.dispatch;

import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.route.Explanation;
import dev.headgate.core.route.PlacingRouter;
import dev.headgate.core.route.RouterSettings;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The router that chooses among a dispatcher's workers, as operators see it. Thread-safe.
 *
 * <p>What it asks of the dispatcher is answered in the dispatcher's context, so it must not be called there.
 */
public final class WorkerRouter {
    private final Dispatcher dispatcher;
    private final String pool;
    private final Map<RouterFault, AtomicLong> failures = new ConcurrentHashMap<>();

    /** Creates it for a dispatcher that is being created. */
    WorkerRouter(Dispatcher dispatcher, String pool) {
        this.dispatcher = dispatcher;
        this.pool = pool;
    }

    /** Returns the name of the workers' pool. */
    public String pool() {
        return pool;
    }

    /** Lets the router of {@code settings} choose from now on; returns why not, empty if it does. */
    public Optional<String> change(RouterSettings settings) {
        return dispatcher.ask(router -> put(router, settings)).join();
    }

    /** As {@link #change}, in the dispatcher's context. */
    Optional<String> put(PlacingRouter router, RouterSettings settings) {
        return router.choices()
                .routeBy(pool, settings, () -> ThreadLocalRandom.current().nextLong(), dispatcher::enter);
    }

    /** Returns how it stands. */
    public PolicyStatus status() {
        return dispatcher.ask(router -> router.choices().policy()).join().orElseThrow();
    }

    /** Returns the explanation of the choice called {@code decision}, empty if there is none or it is too old. */
    public Optional<Explanation> explanation(String decision) {
        int dash = decision.lastIndexOf('-');
        if (dash < 0 || !decision.substring(0, dash).equals(pool)) {
            return Optional.empty();
        }
        try {
            long id = Long.parseLong(decision.substring(dash + 1));
            return dispatcher.ask(router -> router.choices().explanation(id)).join();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns what the choice numbered {@code id} is called, empty if it is not explained. */
    String decision(long id) {
        return id == 0 ? "" : pool + '-' + id;
    }

    /** Returns how often routers have failed in this way. */
    public long failures(RouterFault fault) {
        return counter(fault).get();
    }

    /** Counts a failure; returns how many there were of its kind. */
    long failed(RouterFault fault) {
        return counter(fault).incrementAndGet();
    }

    private AtomicLong counter(RouterFault fault) {
        return failures.computeIfAbsent(fault, _ -> new AtomicLong());
    }
}
