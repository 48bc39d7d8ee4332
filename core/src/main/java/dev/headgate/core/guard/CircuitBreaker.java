package dev.headgate.core.guard;

import dev.headgate.core.guard.BreakerSettings.PendingCounts;
import dev.headgate.core.guard.BreakerSettings.PerEndpoint;
import dev.headgate.core.guard.BreakerSettings.RetryConcurrency;
import dev.headgate.core.pool.EndpointId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's circuit breaker of one pool (gateway.md §13): how many connections, waiting requests, running requests and
 * retries there may be at once.
 *
 * <p>Thread-safe and lock-free. Whoever sends requests tells each {@link Gate} what happens:
 * <ol>
 *   <li>a connection is ready: {@link Gate#tryStart} from {@link Place#READY};
 *   <li>none is ready, but one that is being opened will serve the request: {@link Gate#tryRide};
 *   <li>neither: {@link Gate#trySeek}, which says whether to open one, wait, or give up;
 *   <li>when a connection takes it: {@link Gate#tryStart} from that place; when the answer has ended: {@link Gate#ended};
 *       when it goes away before a connection took it: {@link Gate#left};
 *   <li>each connection that {@link Gate#trySeek} or {@link Gate#tryOpen} allowed is given back by {@link Gate#closed},
 *       also if it could not be opened.
 * </ol>
 * Requests that wait are kept by the caller, per endpoint and for all of its threads together, since the connection that
 * frees may be another thread's. A request waits only while its endpoint has a connection; when the last one closes, the
 * caller opens another by {@link Gate#tryOpen}, which then always may.
 *
 * <p>A limit is passed by taking a place in the endpoint and then in the pool, or neither. Between the two another thread
 * may find a place taken that is given back at once: refusals err to the safe side, limits hold at every moment.
 */
public final class CircuitBreaker {
    private static final BreakerSettings UNLIMITED = new BreakerSettings(
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            0,
            PendingCounts.WAITING,
            null,
            null,
            BreakerSettings.Body.ENVOY);
    private static final PerEndpoint UNLIMITED_ENDPOINT =
            new PerEndpoint(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** No limits; costs nothing and counts nothing. */
    public static final CircuitBreaker NONE = new CircuitBreaker(null, () -> {});

    private final boolean counts;
    private final PendingCounts pendingCounts;
    private final PerEndpoint perEndpoint;
    private final @Nullable RetryConcurrency retryBudget;
    private final Runnable whenRoom;
    private final ConcurrentHashMap<EndpointId, Gate> gates = new ConcurrentHashMap<>();
    private final Gate none;
    private final Slots connections;
    private final Slots pending;
    private final Slots active;
    private final Slots retries;
    private final LongAdder connectionOverflows = new LongAdder();
    private final LongAdder requestOverflows = new LongAdder();
    private final LongAdder retryOverflows = new LongAdder();

    /** Returns a breaker with nothing open; {@code whenRoom} runs after each release, on the thread that released. */
    public static CircuitBreaker of(BreakerSettings settings, Runnable whenRoom) {
        return new CircuitBreaker(settings, whenRoom);
    }

    private CircuitBreaker(@Nullable BreakerSettings given, Runnable whenRoom) {
        BreakerSettings settings = given == null ? UNLIMITED : given;
        this.counts = given != null;
        this.whenRoom = whenRoom;
        pendingCounts = settings.pendingCounts();
        perEndpoint = settings.perEndpoint() == null ? UNLIMITED_ENDPOINT : settings.perEndpoint();
        retryBudget = settings.retryBudget();
        connections = new Slots(settings.maxConnections());
        pending = new Slots(settings.maxPendingRequests());
        active = new Slots(settings.maxParallelRequests());
        retries = new Slots(settings.maxParallelRetries());
        none = new Gate();
    }

    /** Returns the gate of {@code endpoint}, the same one until it is removed. */
    public Gate gate(EndpointId endpoint) {
        return counts ? gates.computeIfAbsent(endpoint, id -> new Gate()) : none;
    }

    /** Forgets {@code endpoint}; what is open there goes on counting for the pool until it is given back. */
    public void removed(EndpointId endpoint) {
        gates.remove(endpoint);
    }

    /** Begins an attempt after the first; returns false, counting an overflow, if too many run. */
    public boolean tryRetry() {
        if (!counts || retries.tryTake(maxRetries())) {
            return true;
        }
        retryOverflows.increment();
        return false;
    }

    /** Ends an attempt that {@link #tryRetry} began. */
    public void retryEnded() {
        if (counts) {
            retries.giveBack();
        }
    }

    /** Counts a request that was refused for good: one that a gate refused may still wait in a queue of the caller's. */
    public void overflowed() {
        if (counts) {
            requestOverflows.increment();
        }
    }

    /**
     * Returns how many more requests would find room, as far as can be known: one that shares a connection with others may
     * find room that nothing here shows.
     */
    public int room() {
        long idle = Math.max(0, connections.taken() - active.taken());
        long openable = pendingCounts == PendingCounts.WAITING ? connections.remaining() : 0;
        long room = Math.min(active.remaining(), idle + openable + pending.remaining());
        return (int) Math.min(room, endpointRoom());
    }

    /** Returns the counters and gauges at this moment; each is exact, together they may be of different moments. */
    public BreakerCounts counts() {
        return new BreakerCounts(
                connections.taken(),
                pending.taken(),
                active.taken(),
                retries.taken(),
                connectionOverflows.sum(),
                requestOverflows.sum(),
                retryOverflows.sum(),
                connections.remaining(),
                pending.remaining(),
                active.remaining(),
                Math.max(0, maxRetries() - retries.taken()));
    }

    private long endpointRoom() {
        if (perEndpoint == UNLIMITED_ENDPOINT) {
            return Integer.MAX_VALUE;
        }
        long room = 0;
        for (Gate gate : gates.values()) {
            room += gate.hasRoom() ? gate.ownActive.remaining() : 0;
        }
        return room;
    }

    private int maxRetries() {
        if (retryBudget == null) {
            return retries.limit();
        }
        double share = retryBudget.percent() * ((long) active.taken() + pending.taken()) / 100;
        return Math.max(retryBudget.minRetryConcurrency(), (int) share);
    }

    /** Where a request stands that has no connection yet, or why it gets none. */
    public enum Place {
        /** It has a ready connection. */
        READY(false),
        /** Open a connection for it; the connection is counted. */
        OPENING(false),
        /** Likewise, and it counts as pending. */
        OPENING_PENDING(true),
        /** A connection that is being opened will serve it. */
        RIDING(false),
        /** Likewise, and it counts as pending. */
        RIDING_PENDING(true),
        /** It waits for a connection and counts as pending. */
        WAITING(true),
        /** Refused: the pool is full. See {@link CircuitBreaker#overflowed}. */
        OVERFLOW(false),
        /** Refused: this endpoint is full, another may not be. */
        ENDPOINT_FULL(false);

        private final boolean isPending;

        Place(boolean isPending) {
            this.isPending = isPending;
        }

        /** Returns whether the request counts as pending. */
        public boolean isPending() {
            return isPending;
        }

        /** Returns whether the request was refused. */
        public boolean isRefusal() {
            return this == OVERFLOW || this == ENDPOINT_FULL;
        }

        /** Returns whether a connection is to be opened for it. */
        public boolean opens() {
            return this == OPENING || this == OPENING_PENDING;
        }
    }

    /** What one endpoint's connections and requests pass. */
    public final class Gate {
        private final Slots ownConnections = new Slots(perEndpoint.maxConnections());
        private final Slots ownPending = new Slots(perEndpoint.maxPendingRequests());
        private final Slots ownActive = new Slots(perEndpoint.maxParallelRequests());

        private Gate() {}

        /** Returns the breaker of the pool that the endpoint is in. */
        public CircuitBreaker breaker() {
            return CircuitBreaker.this;
        }

        /**
         * Returns whether the endpoint's own limits leave room for a request as far as can be known beforehand; else it is
         * unavailable. {@link Place#ENDPOINT_FULL} tells the rest.
         */
        public boolean hasRoom() {
            int waiting = ownPending.taken();
            return ownActive.remaining() > 0 && (waiting == 0 || waiting < ownPending.limit());
        }

        /** A request finds no ready connection and none being opened that has room for it. */
        public Place trySeek() {
            if (!counts) {
                return Place.OPENING;
            }
            if (pendingCounts == PendingCounts.WAITING && tryOpen()) {
                return Place.OPENING;
            }
            Place waiting = tryWait(Place.WAITING);
            if (waiting.isRefusal()) {
                return waiting;
            }
            if (pendingCounts == PendingCounts.CONNECTING && tryOpen()) {
                return Place.OPENING_PENDING;
            }
            connectionOverflows.increment();
            return waiting;
        }

        /** A request finds no ready connection but one being opened that has room for it. */
        public Place tryRide() {
            return !counts || pendingCounts == PendingCounts.WAITING ? Place.RIDING : tryWait(Place.RIDING_PENDING);
        }

        /** Allows, and counts, a connection for requests that wait. */
        public boolean tryOpen() {
            if (!counts) {
                return true;
            }
            while (true) {
                int open = ownConnections.taken();
                if (open == 0) {
                    if (ownConnections.takeAsNext(0)) {
                        connections.take();
                        return true;
                    }
                } else if (open >= ownConnections.limit() || !connections.tryTake()) {
                    return false;
                } else if (ownConnections.takeAsNext(open)) {
                    return true;
                } else {
                    connections.giveBack();
                }
            }
        }

        /** A connection was closed, or could not be opened. */
        public void closed() {
            if (counts) {
                connections.giveBack();
                ownConnections.giveBack();
                whenRoom.run();
            }
        }

        /**
         * A connection takes a request that stood at {@code place}. Returns {@link Place#READY} if it may run, until
         * {@link #ended}; else why it is refused. Either way it no longer is pending.
         */
        public Place tryStart(Place place) {
            if (!counts) {
                return Place.READY;
            }
            if (!place.isPending()) {
                return tryRun();
            }
            stopWaiting();
            Place running = tryRun();
            whenRoom.run();
            return running;
        }

        /** A request that stood at {@code place} goes away before a connection took it. */
        public void left(Place place) {
            if (counts && place.isPending()) {
                stopWaiting();
                whenRoom.run();
            }
        }

        /** The answer of a request that {@link #tryStart} let run has ended, or it was given up. */
        public void ended() {
            if (counts) {
                active.giveBack();
                ownActive.giveBack();
                whenRoom.run();
            }
        }

        /** Returns how many requests of this endpoint count as pending. */
        public int pending() {
            return ownPending.taken();
        }

        /** Returns how many connections of this endpoint are open or being opened. */
        public int connections() {
            return ownConnections.taken();
        }

        private Place tryWait(Place granted) {
            if (!ownPending.tryTake()) {
                return Place.ENDPOINT_FULL;
            }
            if (!pending.tryTake()) {
                ownPending.giveBack();
                return Place.OVERFLOW;
            }
            return granted;
        }

        private Place tryRun() {
            if (!ownActive.tryTake()) {
                return Place.ENDPOINT_FULL;
            }
            if (!active.tryTake()) {
                ownActive.giveBack();
                return Place.OVERFLOW;
            }
            return Place.READY;
        }

        private void stopWaiting() {
            pending.giveBack();
            ownPending.giveBack();
        }
    }
}
