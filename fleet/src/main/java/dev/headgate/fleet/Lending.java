package dev.headgate.fleet;

import dev.headgate.core.failover.BackendPart;
import dev.headgate.core.guard.LeasedBucket;
import dev.headgate.core.guard.RateLimits;
import dev.headgate.core.pool.BackendLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's limits per minute, one bucket on the server for each: does the errands of this process's parts of them.
 *
 * <p>{@link #limits} may be called by any thread, the rest by the module's.
 */
final class Lending {
    private static final long MINUTE_MICROS = 60_000_000L;
    private static final long MICRO_NANOS = 1_000L;
    private static final String HOLD_MICROS = Long.toString(TimeUnit.NANOSECONDS.toMicros(LeasedBucket.HOLD_NANOS));

    private final RedisLink link;
    private final KeyNames keys;
    private final Runnable wake;
    private final IntSupplier members;
    private final Map<Limit, LeasedBucket> buckets = new ConcurrentHashMap<>();

    /**
     * Creates one without limits.
     *
     * @param wake has {@link #turn} called soon
     */
    Lending(RedisLink link, KeyNames keys, Runnable wake, IntSupplier members) {
        this.link = link;
        this.keys = keys;
        this.wake = wake;
        this.members = members;
    }

    /** Returns the limits of a part that all members keep together; beyond a bound of parts, those of this process. */
    RateLimits limits(BackendPart part, BackendLimits limits, long nowNanos) {
        if (buckets.size() >= Outbox.MAX) {
            return RateLimits.of(limits, nowNanos);
        }
        LeasedBucket requests = null;
        if (limits.requestsPerMinute() > 0) {
            requests = LeasedBucket.ofRequests(limits.requestsPerMinute(), wake, nowNanos);
            buckets.put(new Limit(part, "rpm"), requests);
        }
        LeasedBucket tokens = null;
        if (limits.tokensPerMinute() > 0) {
            tokens = LeasedBucket.ofTokens(limits.tokensPerMinute(), wake, nowNanos);
            buckets.put(new Limit(part, "tpm"), tokens);
        }
        wake.run();
        return RateLimits.leased(requests, tokens);
    }

    /** Does what is due. */
    void turn() {
        long now = System.nanoTime();
        if (link.isUp()) {
            buckets.forEach((limit, bucket) -> run(limit, bucket, bucket.due(members.getAsInt(), now), now));
        }
    }

    /** The server is away: each process keeps to its share. */
    void alone() {
        long now = System.nanoTime();
        buckets.values().forEach(bucket -> bucket.alone(members.getAsInt(), now));
    }

    /** Forgets the limits of parts that are no longer among {@code known}; who still uses one keeps to the share. */
    void forget(Set<BackendPart> known) {
        long now = System.nanoTime();
        buckets.entrySet().removeIf(entry -> {
            boolean isGone = !known.contains(entry.getKey().part);
            if (isGone) {
                entry.getValue().alone(members.getAsInt(), now);
            }
            return isGone;
        });
    }

    private void run(Limit limit, LeasedBucket bucket, LeasedBucket.@Nullable Errand errand, long askedNanos) {
        if (errand == null) {
            return;
        }
        double unitMicros = (double) MINUTE_MICROS / bucket.perMinute();
        List<String> arguments = new ArrayList<>(List.of(
                Double.toString(unitMicros),
                Long.toString((long) Math.ceil(bucket.burst() * unitMicros)),
                HOLD_MICROS,
                Long.toString(errand.ask()),
                Long.toString(errand.debt())));
        for (LeasedBucket.Returned each : errand.returned()) {
            arguments.add(Long.toString(each.stamp()));
            arguments.add(Long.toString(each.amount()));
        }
        var unused = link.run(Script.LEND, List.of(keys.limit(limit.part, limit.kind)), arguments)
                .whenComplete((answer, failure) -> {
                    if (answer == null) {
                        bucket.alone(members.getAsInt(), System.nanoTime());
                    } else if (errand.ask() > 0) {
                        answered(bucket, errand.ask(), answer, askedNanos);
                    }
                });
    }

    private static void answered(LeasedBucket bucket, long asked, List<Object> answer, long askedNanos) {
        boolean isLent = answer.get(0).equals(1L);
        long number = answer.get(1) instanceof Long told ? told : 0;
        if (isLent) {
            bucket.lent(asked, number, askedNanos);
        } else {
            bucket.refused(number * MICRO_NANOS, System.nanoTime());
        }
    }

    private record Limit(BackendPart part, String kind) {}
}
