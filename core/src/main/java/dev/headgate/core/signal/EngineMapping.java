package dev.headgate.core.signal;

import java.util.Optional;

/**
 * Which of an engine's metrics tell what (kubernetes.md §1.7). Immutable.
 *
 * @param waiting requests in its queue
 * @param running requests in its batch
 * @param kvUsage the share of its key-value cache in use, 0–1
 * @param blockTokens the tokens of a block of that cache
 * @param blocks how many blocks it has
 * @param adapters whose labels {@code max_lora}, {@code running_lora_adapters} and {@code waiting_lora_adapters} name its
 *     adapters; of several series the one with the largest value is the latest
 */
public record EngineMapping(
        Optional<MetricSelector> waiting,
        Optional<MetricSelector> running,
        Optional<MetricSelector> kvUsage,
        Optional<Place> blockTokens,
        Optional<Place> blocks,
        Optional<MetricSelector> adapters) {
    /** Returns a mapping of the three signals of load; texts as {@link MetricSelector#of} reads them, empty = not told. */
    public static EngineMapping of(String waiting, String running, String kvUsage) {
        return new EngineMapping(
                selector(waiting),
                selector(running),
                selector(kvUsage),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Returns this mapping with the size of the cache: a label of {@code info}, or the values themselves. */
    EngineMapping withCache(Place tokens, Place count) {
        return new EngineMapping(waiting, running, kvUsage, Optional.of(tokens), Optional.of(count), adapters);
    }

    /** Returns this mapping with adapters. */
    EngineMapping withAdapters(String info) {
        return new EngineMapping(waiting, running, kvUsage, blockTokens, blocks, selector(info));
    }

    private static Optional<MetricSelector> selector(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(MetricSelector.of(text));
    }

    /**
     * Where a number stands on the page.
     *
     * @param selector in which series
     * @param label in which of its labels; empty = it is its value
     */
    public record Place(MetricSelector selector, String label) {
        static Place value(String selector) {
            return new Place(MetricSelector.of(selector), "");
        }

        static Place label(String selector, String label) {
            return new Place(MetricSelector.of(selector), label);
        }
    }
}
