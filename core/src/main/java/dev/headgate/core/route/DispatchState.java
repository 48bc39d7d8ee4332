package dev.headgate.core.route;

import dev.headgate.core.admit.WaitingRoom;
import dev.headgate.core.place.Fleet;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.time.Ticker;
import dev.headgate.core.time.Wakeups;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of {@link PlacingRouter} share. Confined to its owner.
 *
 * <p>Callbacks to the edge are kept until the outermost call into the router is about to return, so that an edge that
 * calls back in finds a consistent router.
 */
final class DispatchState {
    final DispatchSettings settings;
    final Ticker ticker;
    final RandomGenerator random;
    final WorkerPort port;
    final RouterListener listener;
    final Fleet fleet;
    final WaitingRoom room;
    final Wakeups wakeups = new Wakeups();
    final Map<EndpointId, WorkerLink> links = new LinkedHashMap<>();
    final Set<String> everOffered = new HashSet<>();
    final Queue<Runnable> callbacks = new ArrayDeque<>();

    /** Whose router chooses among workers; null = placement does. */
    @Nullable
    WorkerPool pool;

    @Nullable
    Call routing; // learns its fate from the return value instead of a callback

    boolean isDraining;

    DispatchState(
            DispatchSettings settings,
            Fleet fleet,
            Ticker ticker,
            RandomGenerator random,
            WorkerPort port,
            RouterListener listener) {
        this.settings = settings;
        this.fleet = fleet;
        this.ticker = ticker;
        this.random = random;
        this.port = port;
        this.listener = listener;
        this.room = new WaitingRoom(ticker.nanos(), settings.tenantWeights());
    }

    long now() {
        return ticker.nanos();
    }
}
