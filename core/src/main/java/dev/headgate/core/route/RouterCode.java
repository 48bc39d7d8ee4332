package dev.headgate.core.route;

import dev.headgate.core.pick.RequestRouter;
import java.util.function.Consumer;

/**
 * The code of a router that is no built-in policy, as an edge has loaded it (routing.md §5).
 *
 * <p>Two that are equal make routers that behave alike, so a pool keeps its router over a change from one to the other.
 */
public interface RouterCode {
    /**
     * Returns a router that has not been started. Whoever asks closes it.
     *
     * @throws IllegalArgumentException if its constructor fails
     */
    Instance create();

    /**
     * A router and where it runs.
     *
     * @param router its {@code close} also lets go of what {@code calls} runs on
     * @param calls runs what it is given one after another, on a thread of the router's own
     */
    record Instance(RequestRouter router, Consumer<Runnable> calls) {}
}
