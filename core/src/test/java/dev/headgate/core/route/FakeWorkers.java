package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Workers that do as they are told and check on their side that no limit is exceeded.
 *
 * <p>They never answer by themselves: the test says when and how. What is sent to a worker that is not connected is lost.
 */
final class FakeWorkers implements WorkerPort {
    private final List<String> log = new ArrayList<>();
    private final Map<EndpointId, Side> sides = new LinkedHashMap<>();

    /** A process starts and connects. */
    Side start(WorkerOffer offer) {
        Side side = new Side(offer);
        side.resident.addAll(offer.resident());
        sides.put(offer.id(), side);
        return side;
    }

    Side side(EndpointId id) {
        Side side = sides.get(id);
        if (side == null) {
            throw new IllegalStateException("no such worker: " + id);
        }
        return side;
    }

    /** What the router said, in order. */
    List<String> log() {
        return log;
    }

    /** Returns what was said since the last call. */
    List<String> said() {
        List<String> said = List.copyOf(log);
        log.clear();
        return said;
    }

    @Override
    public void assign(PlacedLease lease) {
        log.add("assign " + lease.endpoint() + " " + lease.label() + " "
                + lease.call().request().id() + "/" + lease.key().attempt());
        deliver(lease.endpoint(), side -> begin(side, lease));
    }

    private static void begin(Side side, PlacedLease lease) {
        if (!side.running.containsKey(lease.key())) {
            check(side.resident.contains(lease.label()), lease.endpoint() + " does not hold " + lease.label());
            side.running.put(lease.key(), lease);
            check(side.running.size() <= side.offer.capacity().runSlots(), "run slots of " + lease.endpoint());
        }
        side.assigned.run(lease);
    }

    @Override
    public void load(EndpointId worker, String label, List<String> evicted) {
        log.add("load " + worker + " " + label + " over " + evicted);
        deliver(worker, side -> beginLoad(side, label, evicted));
    }

    private static void beginLoad(Side side, String label, List<String> evicted) {
        EndpointId worker = side.offer.id();
        for (String victim : evicted) {
            check(side.running.values().stream().noneMatch(l -> l.label().equals(victim)), victim + " is running");
            check(side.resident.remove(victim), victim + " is not resident on " + worker);
        }
        if (side.resident.contains(label)) {
            return;
        }
        side.loading.add(label);
        check(side.loading.size() <= side.offer.capacity().loadSlots(), "load slots of " + worker);
        check(side.holds(), "labels or memory of " + worker + ": " + side.resident + " and " + side.loading);
        side.loadOrdered.accept(label);
    }

    @Override
    public void cancel(PlacedLease lease, String reason) {
        log.add("cancel " + lease.endpoint() + " " + lease.call().request().id() + ": " + reason);
        deliver(lease.endpoint(), side -> side.cancelled.run(lease));
    }

    private void deliver(EndpointId worker, Consumer<Side> frame) {
        Side side = sides.get(worker);
        if (side != null && side.connected && !side.deaf) {
            if (side.isJoining) {
                side.inbox.add(frame);
            } else {
                frame.accept(side);
            }
        }
    }

    @Override
    public void drain(EndpointId worker) {
        log.add("drain " + worker);
    }

    @Override
    public void disconnect(EndpointId worker, String reason) {
        log.add("disconnect " + worker + ": " + reason);
        Side side = sides.get(worker);
        if (side != null) {
            side.connected = false;
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("exceeded: " + what);
        }
    }

    interface LeaseAction {
        void run(PlacedLease lease);
    }

    /** The worker's own view. */
    static final class Side {
        final WorkerOffer offer;
        final Set<String> resident = new LinkedHashSet<>();
        final Set<String> loading = new LinkedHashSet<>();
        final Map<LeaseKey, PlacedLease> running = new LinkedHashMap<>();
        boolean connected = true;
        boolean away; // the connection is closed, the process lives
        boolean hung; // says nothing
        boolean deaf; // the connection is about to close: what is sent is lost
        LeaseAction assigned = lease -> {};
        LeaseAction cancelled = lease -> {};
        Consumer<String> loadOrdered = label -> {};

        boolean isJoining; // what is said before the welcome is read after it
        final List<Consumer<Side>> inbox = new ArrayList<>();

        private Side(WorkerOffer offer) {
            this.offer = offer;
        }

        /** Reads the welcome, and then what was said meanwhile. */
        void welcomed(Joined joined) {
            isJoining = false;
            if (joined instanceof Joined.Welcome welcome) {
                welcome.dropped().forEach(running::remove);
                List.copyOf(inbox).forEach(frame -> frame.accept(this));
            }
            inbox.clear();
        }

        private boolean holds() {
            int labels = resident.size() + loading.size();
            int maxLabels = offer.capacity().maxLabels();
            long memory = offer.capacity().memoryBytes();
            long bytes = 0;
            for (String label : resident) {
                bytes += offer.sizes().getOrDefault(label, 0L);
            }
            for (String label : loading) {
                bytes += offer.sizes().getOrDefault(label, 0L);
            }
            return (maxLabels == 0 || labels <= maxLabels) && (memory == 0 || bytes <= memory);
        }
    }
}
