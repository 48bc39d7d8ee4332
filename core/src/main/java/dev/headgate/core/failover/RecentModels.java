package dev.headgate.core.failover;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is kept for each model name that was used lately: at most 1 024 names of at most 256 characters, the least recently
 * used go. Longer names are served and forgotten, as callers choose names where no routes do.
 *
 * <p>Thread-safe; reading takes no lock.
 */
final class RecentModels<V> {
    static final int MAX = 1024;
    static final int MAX_NAME = 256;
    private static final long STAMP_NANOS = 1_000_000; // often enough to order them, too seldom to contend

    private final Map<String, Entry<V>> entries = new ConcurrentHashMap<>();
    private final Function<String, V> create;

    RecentModels(Function<String, V> create) {
        this.create = create;
    }

    V of(String model, long nowNanos) {
        return entry(model, nowNanos).value;
    }

    /** Returns what is kept for {@code model}; whoever holds on to it says when it is used. */
    Entry<V> entry(String model, long nowNanos) {
        Entry<V> entry = entries.get(model);
        if (entry == null) {
            return added(model, nowNanos);
        }
        entry.used(nowNanos);
        return entry;
    }

    int size() {
        return entries.size();
    }

    void forEach(BiConsumer<String, V> action) {
        entries.forEach((model, entry) -> action.accept(model, entry.value));
    }

    private synchronized Entry<V> added(String model, long nowNanos) {
        Entry<V> present = entries.get(model);
        if (present != null) {
            return present;
        }
        Entry<V> entry = new Entry<>(create.apply(model), nowNanos);
        if (model.length() > MAX_NAME) {
            return entry;
        }
        if (entries.size() >= MAX) {
            forgetOldest(nowNanos);
        }
        entries.put(model, entry);
        return entry;
    }

    private void forgetOldest(long nowNanos) {
        @Nullable String oldest = null;
        long longest = Long.MIN_VALUE;
        for (Map.Entry<String, Entry<V>> each : entries.entrySet()) {
            long unused = nowNanos - each.getValue().usedAt;
            if (unused > longest) {
                longest = unused;
                oldest = each.getKey();
            }
        }
        if (oldest != null) {
            entries.remove(oldest);
        }
    }

    /** What is kept for one model. */
    static final class Entry<V> {
        final V value;
        private volatile long usedAt;

        private Entry(V value, long usedAt) {
            this.value = value;
            this.usedAt = usedAt;
        }

        /** It is used now. */
        void used(long nowNanos) {
            if (nowNanos - usedAt > STAMP_NANOS) {
                usedAt = nowNanos;
            }
        }
    }
}
