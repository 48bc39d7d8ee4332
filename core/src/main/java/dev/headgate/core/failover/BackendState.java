package dev.headgate.core.failover;

import dev.headgate.core.guard.Cooldown;
import dev.headgate.core.signal.EndpointLoad;
import java.util.concurrent.atomic.LongAdder;

/** What is known about one backend as a whole; survives reloads that leave pool, id and address. Thread-safe. */
final class BackendState {
    final Cooldown cooldown = new Cooldown();
    final EndpointLoad load = new EndpointLoad();
    final LongAdder successes = new LongAdder();
    final RecentModels<ModelState> models = new RecentModels<>(model -> new ModelState());
    volatile boolean isDrained;
    volatile boolean refusesPrefill;
}
