package dev.headgate.fleet;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;

/**
 * What request threads leave for the server, merged by key: for each key at most one value waits and one is under way, so
 * a storm of the same news costs as much as the server takes, and no more memory than there are keys.
 *
 * <p>Thread-safe; {@link #send} belongs to the module's thread.
 */
final class Outbox<K, V> {
    /** More than a fleet has backends with models in use; what is beyond is not shared. */
    static final int MAX = 4_096;

    private final Map<K, V> waiting = new ConcurrentHashMap<>();
    private final Map<K, V> underWay = new ConcurrentHashMap<>();
    private final BinaryOperator<V> merge;
    private final BiFunction<K, V, CompletableFuture<?>> sending;

    /**
     * Creates an empty one.
     *
     * @param merge makes one value of an older and a newer one
     * @param sending sends a value and completes on the module's thread when that has ended; one that fails is sent again
     *     with the next turn
     */
    Outbox(BinaryOperator<V> merge, BiFunction<K, V, CompletableFuture<?>> sending) {
        this.merge = merge;
        this.sending = sending;
    }

    /** Leaves a value; returns whether it was taken. */
    boolean put(K key, V value) {
        if (waiting.size() >= MAX && !waiting.containsKey(key)) {
            return false;
        }
        waiting.merge(key, value, merge);
        return true;
    }

    /** Sends what waits, but for keys of which a value is under way: these follow it. */
    void send() {
        for (K key : waiting.keySet()) {
            send(key);
        }
    }

    /** Forgets what waits. */
    void clear() {
        waiting.clear();
    }

    /** Returns how many values wait. */
    int size() {
        return waiting.size();
    }

    private void send(K key) {
        if (underWay.containsKey(key)) {
            return;
        }
        V value = waiting.remove(key);
        if (value != null) {
            underWay.put(key, value);
            var unused = sending.apply(key, value).whenComplete((done, failure) -> {
                underWay.remove(key);
                if (failure == null) {
                    send(key);
                } else { // it waits for the next turn
                    waiting.merge(key, value, (newer, older) -> merge.apply(older, newer));
                }
            });
        }
    }
}
