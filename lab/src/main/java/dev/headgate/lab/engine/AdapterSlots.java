package dev.headgate.lab.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/**
 * The adapters that an engine holds. A request whose adapter is not loaded is held back until it is; loading takes a slot, and
 * the slot of the adapter that nobody has used for the longest time. One that cannot be had is waited for in order.
 */
final class AdapterSlots {
    private static final double LEAST_LOAD_MICROS = 300_000;
    private static final double MORE_LOAD_MICROS = 1_200_000;
    private static final int SIZES = 41;

    private final int slots;
    private final Clock clock;
    private final IntConsumer ready;
    private final Map<String, Adapter> adapters = new LinkedHashMap<>(16, 0.75f, true); // the least recently used first
    private final Deque<Held> held = new ArrayDeque<>(); // for which there is no slot
    private int heldBack;

    /** Creates empty slots; {@code ready} takes requests that can be queued. */
    AdapterSlots(int slots, Clock clock, IntConsumer ready) {
        this.slots = slots;
        this.clock = clock;
        this.ready = ready;
    }

    /** Has {@code request} queued once {@code adapter} is loaded, at once if it is. */
    void enter(int request, String adapter) {
        heldBack++;
        if (!take(request, adapter)) {
            held.add(new Held(request, adapter));
        }
    }

    /** A request for {@code adapter} has left. */
    void leave(String adapter) {
        Adapter known = adapters.get(adapter);
        if (known != null && --known.users == 0) {
            while (!held.isEmpty() && take(held.peek().request, held.peek().adapter)) {
                held.poll();
            }
        }
    }

    /** Returns the requests that are held back. */
    int heldBack() {
        return heldBack;
    }

    /** Returns what is loaded. */
    Set<String> loaded() {
        Set<String> names = new TreeSet<>();
        adapters.forEach((name, adapter) -> {
            if (adapter.isLoaded) {
                names.add(name);
            }
        });
        return names;
    }

    /** Forgets everything and returns the requests that were held back. */
    List<Integer> clear() {
        List<Integer> lost = new ArrayList<>();
        held.forEach(request -> lost.add(request.request));
        adapters.values().forEach(adapter -> {
            lost.addAll(adapter.waiting);
            adapter.waiting.clear();
        });
        held.clear();
        adapters.clear();
        heldBack = 0;
        return lost;
    }

    private boolean take(int request, String name) {
        Adapter adapter = adapters.get(name);
        if (adapter == null) {
            if (adapters.size() >= slots && !dropUnused()) {
                return false;
            }
            adapter = new Adapter();
            adapters.put(name, adapter);
            Adapter loading = adapter;
            clock.at(clock.micros() + loadMicros(name), () -> loaded(loading));
        }
        adapter.users++;
        if (adapter.isLoaded) {
            heldBack--;
            ready.accept(request);
        } else {
            adapter.waiting.add(request);
        }
        return true;
    }

    private boolean dropUnused() {
        for (Map.Entry<String, Adapter> entry : adapters.entrySet()) {
            if (entry.getValue().users == 0 && entry.getValue().isLoaded) {
                adapters.remove(entry.getKey());
                return true;
            }
        }
        return false;
    }

    private void loaded(Adapter adapter) {
        adapter.isLoaded = true;
        List<Integer> requests = List.copyOf(adapter.waiting);
        adapter.waiting.clear();
        for (int request : requests) {
            heldBack--;
            ready.accept(request);
        }
    }

    /** Adapters have sizes of their own, spread evenly. */
    private static long loadMicros(String name) {
        double size = Math.floorMod(name.hashCode() * 31, SIZES) / (SIZES - 1.0);
        return Math.round(LEAST_LOAD_MICROS + MORE_LOAD_MICROS * size);
    }

    private static final class Adapter {
        private final List<Integer> waiting = new ArrayList<>();
        private boolean isLoaded;
        private int users;
    }

    private record Held(int request, String adapter) {}
}
