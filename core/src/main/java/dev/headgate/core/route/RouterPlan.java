package dev.headgate.core.route;

import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A router that a pool is to have.
 *
 * @param name what logs and metrics call it
 * @param router not started
 * @param parameters what it is started with
 * @param random its chance, for it alone
 * @param node where the pool's owner runs, empty if unknown or of no matter
 * @param zone where that node is, likewise
 * @param thread where the router runs; null = in the pool's own context, for routers that are known not to block
 */
public record RouterPlan(
        String name,
        RequestRouter router,
        RouterSetup.Parameters parameters,
        RandomGenerator random,
        String node,
        String zone,
        @Nullable RouterThread thread) {
    /** Returns the plan of a router that runs in the pool's own context, of which no place is known. */
    public static RouterPlan of(
            String name, RequestRouter router, RouterSetup.Parameters parameters, RandomGenerator random) {
        return new RouterPlan(name, router, parameters, random, "", "", null);
    }

    /** Returns this plan for a pool whose owner runs on {@code newNode} in {@code newZone}. */
    public RouterPlan near(String newNode, String newZone) {
        return new RouterPlan(name, router, parameters, random, newNode, newZone, thread);
    }

    /** Returns this plan for a router that may block. */
    public RouterPlan on(RouterThread newThread) {
        return new RouterPlan(name, router, parameters, random, node, zone, newThread);
    }

    /**
     * A thread on which a router may block without stopping its pool.
     *
     * @param calls runs what it is given one after another, on that thread
     * @param owner runs what it is given in the pool's context
     */
    public record RouterThread(Consumer<Runnable> calls, Consumer<Runnable> owner) {}
}
