package dev.headgate.core.route;

import java.util.List;

/** How a worker's offer was taken. */
public sealed interface Joined {
    /**
     * It is in.
     *
     * @param dropped leases that it named and that are no longer valid
     * @param resumed whether it goes on from before a reconnect
     */
    record Welcome(List<LeaseKey> dropped, boolean resumed) implements Joined {}

    /** Another process of that name is connected and alive. */
    record Duplicate() implements Joined {}
}
