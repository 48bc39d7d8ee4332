package dev.headgate.core.signal;

import dev.headgate.core.signal.EngineMapping.Place;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one endpoint's engine says of itself, page after page of its metrics: {@link #begin}, {@link #read} piece by piece,
 * {@link #end}. A page that broke off is not ended, and changes nothing.
 *
 * <p>A metric that a page lacks keeps its value for two seconds, so that an engine that writes it now and then does not
 * flicker; one that cannot be true is unknown from that moment on. A page that is the same to the byte for a second, although
 * requests were sent to the engine, is frozen: nothing on it is believed, as the least loaded page would draw all requests.
 * Not thread-safe.
 */
public final class EngineReading {
    /** Older values reach no policy (routing.md §8). */
    private static final long TOO_OLD_NANOS = 2_000_000_000L;

    /** Written by every client library of Prometheus: another time is another process. */
    private static final MetricSelector STARTED = MetricSelector.of("process_start_time_seconds");

    private static final int MAX_ADAPTERS = 0;
    private static final int RUNNING_ADAPTERS = 1;

    private final MetricsPage page;
    private final PageFreshness freshness = new PageFreshness();
    private final Field waiting;
    private final Field running;
    private final Field kvUsage;
    private final @Nullable MetricSeries blockTokens;
    private final @Nullable MetricSeries blocks;
    private final @Nullable MetricSeries adapters;
    private final MetricSeries started = MetricSeries.latest(STARTED);
    private final Map<EngineFault, Long> faults = new EnumMap<>(EngineFault.class);
    private long cacheTokens;
    private double startedAt = Double.NaN;
    private boolean isEmptied;
    private int maxAdapters;
    private Set<String> runningAdapters = Set.of();
    private String runningText = "";
    private boolean tellsAdapters;
    private boolean isTold;
    private boolean isFrozen;

    /** Creates one that has read nothing. */
    public EngineReading(EngineMapping mapping) {
        List<MetricSeries> wanted = new ArrayList<>();
        waiting = new Field(load(mapping.waiting(), wanted));
        running = new Field(load(mapping.running(), wanted));
        kvUsage = new Field(load(mapping.kvUsage(), wanted));
        blockTokens = size(mapping.blockTokens(), wanted);
        blocks = size(mapping.blocks(), wanted);
        adapters = mapping.adapters()
                .map(selector -> MetricSeries.largest(selector, "max_lora", "running_lora_adapters"))
                .orElse(null);
        if (adapters != null) {
            wanted.add(adapters);
        }
        wanted.add(started);
        page = new MetricsPage(wanted);
    }

    private static @Nullable MetricSeries load(Optional<MetricSelector> selector, List<MetricSeries> wanted) {
        MetricSeries series = selector.map(MetricSeries::latest).orElse(null);
        if (series != null) {
            wanted.add(series);
        }
        return series;
    }

    private static @Nullable MetricSeries size(Optional<Place> place, List<MetricSeries> wanted) {
        MetricSeries series = place.map(known -> known.label().isEmpty()
                        ? MetricSeries.latest(known.selector())
                        : MetricSeries.latest(known.selector(), known.label()))
                .orElse(null);
        if (series != null) {
            wanted.add(series);
        }
        return series;
    }

    /** A page begins; what came of one that was not ended is dropped. */
    public void begin() {
        page.begin();
    }

    /** Takes the next piece of the page, position to limit. */
    public void read(ByteBuffer piece) {
        page.read(piece);
    }

    /**
     * The page is whole.
     *
     * @param sent how many requests were sent to the engine so far; it never falls
     * @return whether it told something of the load that is believed
     */
    public boolean end(long nowNanos, long sent) {
        isTold = take(nowNanos, sent);
        return isTold;
    }

    private boolean take(long nowNanos, long sent) {
        page.end();
        isEmptied = false;
        isFrozen = freshness.isFrozen(page.hash(), nowNanos, sent);
        if (isFrozen) {
            faults.merge(EngineFault.FROZEN, 1L, Long::sum);
            waiting.forget();
            running.forget();
            kvUsage.forget();
            return false;
        }
        boolean isAny = takeCount(waiting, nowNanos);
        isAny |= takeCount(running, nowNanos);
        isAny |= takeShare(kvUsage, nowNanos);
        takeCache();
        takeAdapters();
        takeStart();
        return isAny;
    }

    /** Counts are cut to integers. */
    private boolean takeCount(Field field, long nowNanos) {
        double value = field.seen();
        return field.isSeen() && isPlausible(field, value) && field.take(Math.floor(value), nowNanos);
    }

    private boolean takeShare(Field field, long nowNanos) {
        double value = field.seen();
        if (!field.isSeen() || !isPlausible(field, value)) {
            return false;
        }
        if (value > 1) {
            return isFault(field, EngineFault.TOO_LARGE);
        }
        return field.take(value, nowNanos);
    }

    private boolean isPlausible(Field field, double value) {
        if (value < 0) {
            return isFault(field, EngineFault.NEGATIVE);
        }
        return Double.isFinite(value) || isFault(field, EngineFault.NOT_A_NUMBER);
    }

    /** Drops a field; returns false. */
    private boolean isFault(Field field, EngineFault fault) {
        faults.merge(fault, 1L, Long::sum);
        field.forget();
        return false;
    }

    private void takeCache() {
        if (blockTokens == null || blocks == null || !blockTokens.isFound() || !blocks.isFound()) {
            return;
        }
        long tokens = size(blockTokens) * size(blocks);
        boolean isKnown = size(blockTokens) >= 0 && size(blocks) >= 0;
        if (isKnown && tokens == 0 && cacheTokens > 0) {
            isEmptied = true; // no block is left of those that there were
        }
        if (isKnown && tokens > 0) {
            cacheTokens = tokens;
        }
    }

    /** Returns a size, −1 if it is none: engines write None before they know. */
    private static long size(MetricSeries series) {
        String text = series.text();
        double value = series.value();
        if (!text.isEmpty()) {
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                return -1;
            }
        }
        return value >= 0 && value <= Integer.MAX_VALUE ? (long) value : -1;
    }

    private void takeAdapters() {
        if (adapters == null || !adapters.isFound()) {
            return; // normal, also while none was asked for yet
        }
        tellsAdapters = true;
        String text = adapters.text(RUNNING_ADAPTERS);
        if (!text.equals(runningText)) {
            runningText = text;
            Set<String> names = new LinkedHashSet<>();
            for (String name : text.split(",", -1)) {
                if (!name.isBlank()) {
                    names.add(name.strip());
                }
            }
            runningAdapters = Set.copyOf(names);
        }
        try {
            maxAdapters = Math.max(0, Integer.parseInt(adapters.text(MAX_ADAPTERS)));
        } catch (NumberFormatException e) {
            maxAdapters = 0; // it does not say
        }
    }

    private void takeStart() {
        if (started.isFound() && Double.isFinite(started.value())) {
            isEmptied |= !Double.isNaN(startedAt) && startedAt != started.value();
            startedAt = started.value();
        }
    }

    /** Returns what is believed of the load at {@code nowNanos}; {@link LoadReport#UNKNOWN} if nothing is. */
    public LoadReport load(long nowNanos) {
        double queue = waiting.at(nowNanos);
        double batch = running.at(nowNanos);
        double usage = kvUsage.at(nowNanos);
        boolean isUnknown = Double.isNaN(queue) && Double.isNaN(batch) && Double.isNaN(usage);
        return isUnknown ? LoadReport.UNKNOWN : new LoadReport(queue, batch, usage, 0);
    }

    /** Returns the tokens that its key-value cache holds, 0 if it has not said. */
    public long cacheTokens() {
        return cacheTokens;
    }

    /** Returns whether the last page tells that the cache has been emptied since the one before: it is another process. */
    public boolean isEmptied() {
        return isEmptied;
    }

    /** Returns whether the last page told something of the load that is believed. */
    public boolean isTold() {
        return isTold;
    }

    /** Returns whether the last page is the same as earlier ones although requests were sent. */
    public boolean isFrozen() {
        return isFrozen;
    }

    /** Returns whether it has ever said which adapters are loaded. */
    public boolean tellsAdapters() {
        return tellsAdapters;
    }

    /** Returns the adapters that it runs; empty also if it has not said. The set is the same until it changes. */
    public Set<String> adapters() {
        return runningAdapters;
    }

    /** Returns how many adapters it can hold at once, 0 if it has not said. */
    public int maxAdapters() {
        return maxAdapters;
    }

    /** Returns how often something was not believed for this reason: fields, or pages that were frozen. */
    public long faults(EngineFault fault) {
        return faults.getOrDefault(fault, 0L);
    }

    /** A signal with the time of its last believed value. */
    private static final class Field {
        private final @Nullable MetricSeries series;
        private double value = Double.NaN;
        private long atNanos;

        Field(@Nullable MetricSeries series) {
            this.series = series;
        }

        boolean isSeen() {
            return series != null && series.isFound();
        }

        double seen() {
            return series == null ? Double.NaN : series.value();
        }

        boolean take(double newValue, long nowNanos) {
            value = newValue;
            atNanos = nowNanos;
            return true;
        }

        void forget() {
            value = Double.NaN;
        }

        double at(long nowNanos) {
            return nowNanos - atNanos <= TOO_OLD_NANOS ? value : Double.NaN;
        }
    }
}
