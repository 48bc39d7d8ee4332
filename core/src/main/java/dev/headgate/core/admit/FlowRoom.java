package dev.headgate.core.admit;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.request.InferenceRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where requests wait for a saturated pool: strictly by priority, fairly among the tenants of a band, in a given order
 * within a tenant (routing.md §9).
 *
 * <p>Confined to its owner, who asks for the next whenever the pool may have become less saturated. Tenants that were
 * served are remembered as long as the room exists; a deployment names them.
 */
public final class FlowRoom {
    private static final double LOWEST_HOLDBACK = 0.5;

    /** A tenant that had less than this share of another's is not one that the other should leave room for. */
    private static final double LEAST_ACTIVE = 0.01;

    private final FlowSettings settings;
    private final Saturation saturation;
    private final TreeMap<Integer, FlowBand> bands = new TreeMap<>(Comparator.reverseOrder());
    private final Map<String, FlowTenant> tenants = new HashMap<>();
    private int size;

    /** Returns an empty room. */
    public FlowRoom(FlowSettings settings) {
        this.settings = settings;
        saturation = new Saturation(settings);
    }

    /** Returns how many wait. */
    public int size() {
        return size;
    }

    /** Returns those that wait, by priority. */
    public List<FlowWait> waiting() {
        List<FlowWait> waiting = new ArrayList<>(size);
        bands.values().forEach(band -> band.addTo(waiting));
        return waiting;
    }

    /** Returns how saturated {@code pool} is for {@code request}, which its predictions are for: from 1 on, requests wait. */
    public double saturation(Candidates pool, InferenceRequest request) {
        return saturation.of(pool, request);
    }

    /** Returns whether {@code request} may pass if it is the next: the ceiling of its priority is not reached. */
    public boolean isOpen(InferenceRequest request, Candidates pool) {
        double saturated = saturation(pool, request);
        return saturated < ceiling(request.priority(), saturated);
    }

    /**
     * Lets {@code wait} wait. Returns who does not wait for it: null if there was room, {@code wait} itself if it is
     * refused, otherwise the one that it displaces: the youngest of the lowest band, or in its own band, where tenants matter,
     * the youngest of the tenant that has most waiting, if that has more than its own.
     */
    public @Nullable FlowWait offer(FlowWait wait) {
        int priority = wait.request().priority();
        FlowBand band = bands.get(priority);
        FlowWait displaced = null;
        int requests = band == null ? 0 : band.size();
        long bytes = band == null ? 0 : band.bytes;
        if (requests >= settings.maxRequests() || bytes + wait.request().bodyBytes() > settings.maxBytes()) {
            displaced = !bands.isEmpty() && bands.lastKey() < priority
                    ? bands.lastEntry().getValue().youngest()
                    : band == null ? null : band.youngestOfMost(tenant(wait));
            if (displaced == null) {
                return wait;
            }
            remove(displaced);
        }
        keep(wait);
        return displaced;
    }

    /** Lets {@code wait} wait whether there is room or not. */
    public void keep(FlowWait wait) {
        int priority = wait.request().priority();
        FlowTenant tenant = tenant(wait);
        if (tenant.waiting == 0) {
            lift(tenant);
        }
        tenant.waiting++;
        bands.computeIfAbsent(priority, p -> new FlowBand(settings)).add(wait, tenant);
        wait.isWaiting = true;
        size++;
    }

    /** Takes {@code wait} out; returns false if it does not wait. */
    public boolean remove(FlowWait wait) {
        if (!wait.isWaiting) {
            return false;
        }
        wait.isWaiting = false;
        int priority = wait.request().priority();
        FlowBand band = bands.get(priority);
        FlowTenant tenant = tenant(wait);
        if (band != null) {
            band.remove(wait, tenant);
            if (band.size() == 0) {
                bands.remove(priority);
            }
        }
        tenant.waiting--;
        size--;
        return true;
    }

    /** Returns the one whose turn it is, null if nobody waits. */
    public @Nullable FlowWait first(long nowNanos) {
        return size == 0 ? null : bands.firstEntry().getValue().next(nowNanos);
    }

    /** Returns the first {@code most} of those in the highest band among whom the next may be chosen, in order. */
    public List<FlowWait> ahead(int most, long nowNanos) {
        return size == 0 ? List.of() : bands.firstEntry().getValue().ahead(most, nowNanos, tenant -> true);
    }

    /** Returns the same as if those did not wait whose tenants had more than their share; empty if only they do. */
    public List<FlowWait> aheadWithinShare(int most, long nowNanos) {
        return size == 0
                ? List.of()
                : bands.firstEntry().getValue().ahead(most, nowNanos, tenant -> !isOverShare(tenant, nowNanos));
    }

    /**
     * Returns whether the tenant of {@code wait} had more of late than tenants had on average, each by its weight; false where
     * tenants do not matter. Who had next to nothing does not count.
     */
    public boolean isOverShare(FlowWait wait, long nowNanos) {
        return isOverShare(tenant(wait), nowNanos);
    }

    private boolean isOverShare(FlowTenant tenant, long nowNanos) {
        if (settings.fairness() == FlowSettings.Fairness.NONE || tenants.size() < 2) {
            return false;
        }
        double own = tenant.recent(nowNanos);
        double sum = 0;
        int count = 0;
        for (FlowTenant other : tenants.values()) {
            double recent = other.recent(nowNanos);
            if (recent >= LEAST_ACTIVE * own) {
                sum += recent;
                count++;
            }
        }
        return own * count > sum * (1 + 1e-9);
    }

    /** Takes out {@code wait}, which has its turn. */
    public void serve(FlowWait wait, long nowNanos) {
        FlowBand band = bands.get(wait.request().priority());
        if (band == null || !wait.isWaiting) {
            throw new IllegalStateException("served: " + wait.request().id() + " (expected: one that waits)");
        }
        int tokens = wait.request().prompt().tokens();
        FlowTenant tenant = tenant(wait);
        band.served(tenant, tokens);
        remove(wait);
        tenant.dispatched(tokens, nowNanos);
    }

    /** A request that did not have to wait was served. */
    public void passed(FlowWait wait, long nowNanos) {
        tenant(wait).dispatched(wait.request().prompt().tokens(), nowNanos);
    }

    /** An answer of {@code outputTokens} was produced for {@code tenantName}. */
    public void produced(String tenantName, long outputTokens, long nowNanos) {
        FlowTenant tenant = tenants.get(tenantName);
        if (tenant != null) {
            tenant.produced(outputTokens, nowNanos);
        }
    }

    private double ceiling(int priority, double saturated) {
        if (settings.ceilings() == FlowSettings.Ceilings.STATIC) {
            return 1;
        }
        int others = bands.containsKey(priority) ? bands.size() - 1 : bands.size();
        if (others == 0) {
            return 1;
        }
        double fromTop = (double) bands.headMap(priority).size() / others;
        return settings.ceilings() == FlowSettings.Ceilings.HOLDBACK
                ? 1 - fromTop * (1 - LOWEST_HOLDBACK)
                : 1 - fromTop * saturated;
    }

    /** A tenant that comes back after a pause starts level with the least served of those that wait: a pause is no credit. */
    private void lift(FlowTenant returning) {
        double least = Double.POSITIVE_INFINITY;
        for (FlowTenant tenant : tenants.values()) {
            if (tenant.waiting > 0) {
                least = Math.min(least, tenant.counter);
            }
        }
        if (least != Double.POSITIVE_INFINITY) {
            returning.counter = Math.max(returning.counter, least);
        }
    }

    private FlowTenant tenant(FlowWait wait) {
        return tenants.computeIfAbsent(
                wait.request().tenant(),
                name -> new FlowTenant(name, settings.weights().getOrDefault(name, 1.0)));
    }
}
