package dev.headgate.lab.routing;

import dev.headgate.core.pick.RequestRouter;

/** Makes a router that has not been started; each run has its own. */
@FunctionalInterface
public interface RouterSource {
    /** Returns a new instance of {@code name}; {@link IllegalArgumentException} if there is none, naming what there is. */
    RequestRouter create(String name);
}
