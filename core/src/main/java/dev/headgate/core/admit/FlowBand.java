package dev.headgate.core.admit;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The requests of one priority that wait, by tenant; tenants stand in the order of their turns. */
final class FlowBand {
    /** What a tenant of weight 1 may have per round of drr, in tokens. */
    private static final double QUANTUM = 8192;

    private static final double ATTAINED_SHARE = 0.8;

    private final Map<FlowTenant, TreeSet<FlowWait>> tenants = new LinkedHashMap<>();
    private final TreeSet<FlowWait> all;
    private final Comparator<FlowWait> order;
    private final FlowSettings.Fairness fairness;
    long bytes;

    FlowBand(FlowSettings settings) {
        fairness = settings.fairness();
        order = order(settings);
        all = new TreeSet<>(order);
    }

    int size() {
        return all.size();
    }

    void add(FlowWait wait, FlowTenant tenant) {
        all.add(wait);
        tenants.computeIfAbsent(tenant, t -> new TreeSet<>(order)).add(wait);
        bytes += wait.request().bodyBytes();
    }

    void remove(FlowWait wait, FlowTenant tenant) {
        all.remove(wait);
        bytes -= wait.request().bodyBytes();
        TreeSet<FlowWait> queue = tenants.get(tenant);
        if (queue != null) {
            queue.remove(wait);
            if (queue.isEmpty()) {
                tenants.remove(tenant);
                tenant.deficit = 0;
            }
        }
    }

    void addTo(List<FlowWait> waiting) {
        waiting.addAll(all);
    }

    /** Returns the one that came last, null if nobody waits. */
    @Nullable
    FlowWait youngest() {
        FlowWait youngest = null;
        for (FlowWait wait : all) {
            if (youngest == null || FCFS.compare(wait, youngest) > 0) {
                youngest = wait;
            }
        }
        return youngest;
    }

    /**
     * Returns the one that came last of the tenant that has most waiting, null unless those are more than {@code newcomer}
     * would have, or if tenants do not matter: a flood fills the room for itself, not for others.
     */
    @Nullable
    FlowWait youngestOfMost(FlowTenant newcomer) {
        if (fairness == FlowSettings.Fairness.NONE) {
            return null;
        }
        TreeSet<FlowWait> most = tenants.get(newcomer);
        int own = most == null ? 0 : most.size();
        int count = own + 1;
        for (TreeSet<FlowWait> queue : tenants.values()) {
            if (queue.size() > count) {
                count = queue.size();
                most = queue;
            }
        }
        return count == own + 1 || most == null ? null : Collections.max(most, FCFS);
    }

    /** Returns the one whose turn it is; who waits is not empty. */
    FlowWait next(long nowNanos) {
        return fairness == FlowSettings.Fairness.NONE ? all.first() : first(nextTenant(nowNanos));
    }

    /**
     * Returns the first {@code most} of the tenant whose turn it is, in order: whichever of them is served, tenants get their
     * shares. If it is not {@code eligible}, of the least served tenant that is. Without fairness they are the first of all.
     */
    List<FlowWait> ahead(int most, long nowNanos, Predicate<FlowTenant> eligible) {
        if (fairness == FlowSettings.Fairness.NONE) {
            return all.stream().limit(most).toList();
        }
        FlowTenant next = nextTenant(nowNanos);
        if (!eligible.test(next)) {
            next = leastServed(eligible);
        }
        TreeSet<FlowWait> queue = next == null ? null : tenants.get(next);
        return queue == null ? List.of() : queue.stream().limit(most).toList();
    }

    private @Nullable FlowTenant leastServed(Predicate<FlowTenant> eligible) {
        FlowTenant least = null;
        for (FlowTenant tenant : tenants.keySet()) {
            if (eligible.test(tenant) && (least == null || tenant.counter < least.counter)) {
                least = tenant;
            }
        }
        return least;
    }

    /** The tenant of the one that {@link #next} returned had its turn. */
    void served(FlowTenant tenant, int promptTokens) {
        if (fairness == FlowSettings.Fairness.DRR) {
            tenant.deficit -= tenant.cost(promptTokens);
        } else if (fairness == FlowSettings.Fairness.ROUND_ROBIN) {
            toTheEnd(tenant);
        }
    }

    private FlowTenant nextTenant(long nowNanos) {
        return switch (fairness) {
            case VTC -> leastServed();
            case LAS -> leastAttained(nowNanos);
            case NONE, ROUND_ROBIN -> tenants.keySet().iterator().next();
            case DRR -> withDeficit();
        };
    }

    private FlowWait first(FlowTenant tenant) {
        TreeSet<FlowWait> queue = tenants.get(tenant);
        if (queue == null) {
            throw new IllegalStateException("tenant " + tenant.name + ": nothing waits (expected: some request)");
        }
        return queue.first();
    }

    private FlowTenant leastServed() {
        FlowTenant least = tenants.keySet().iterator().next();
        for (FlowTenant tenant : tenants.keySet()) {
            if (tenant.counter < least.counter) {
                least = tenant;
            }
        }
        return least;
    }

    /** The score is relative to the most that anyone attained and the longest that anyone waits. */
    private FlowTenant leastAttained(long nowNanos) {
        double most = Double.MIN_NORMAL;
        double longest = Double.MIN_NORMAL;
        for (Map.Entry<FlowTenant, TreeSet<FlowWait>> entry : tenants.entrySet()) {
            most = Math.max(most, entry.getKey().attained(nowNanos));
            longest = Math.max(longest, nowNanos - entry.getValue().first().createdAtNanos());
        }
        FlowTenant best = tenants.keySet().iterator().next();
        double bestScore = Double.POSITIVE_INFINITY;
        for (Map.Entry<FlowTenant, TreeSet<FlowWait>> entry : tenants.entrySet()) {
            double age = (nowNanos - entry.getValue().first().createdAtNanos()) / longest;
            double score = ATTAINED_SHARE * entry.getKey().attained(nowNanos) / most - (1 - ATTAINED_SHARE) * age;
            if (score < bestScore) {
                best = entry.getKey();
                bestScore = score;
            }
        }
        return best;
    }

    /** Gives a round's quantum to tenants in turn until one may have its first request; bounded by its cost. */
    private FlowTenant withDeficit() {
        skipRounds();
        while (true) {
            FlowTenant tenant = tenants.keySet().iterator().next();
            if (tenant.deficit >= tenant.cost(first(tenant).request().prompt().tokens())) {
                return tenant;
            }
            toTheEnd(tenant);
            tenant.deficit += QUANTUM * tenant.weight;
        }
    }

    /** Gives all at once what the rounds give in which nobody may have its first request. */
    private void skipRounds() {
        double rounds = Double.POSITIVE_INFINITY;
        for (FlowTenant tenant : tenants.keySet()) {
            double lacks = tenant.cost(first(tenant).request().prompt().tokens()) - tenant.deficit;
            rounds = Math.min(rounds, Math.ceil(lacks / (QUANTUM * tenant.weight)) - 1);
        }
        if (rounds > 0) {
            for (FlowTenant tenant : tenants.keySet()) {
                tenant.deficit += rounds * QUANTUM * tenant.weight;
            }
        }
    }

    private void toTheEnd(FlowTenant tenant) {
        TreeSet<FlowWait> queue = tenants.remove(tenant);
        if (queue != null) {
            tenants.put(tenant, queue);
        }
    }

    private static final Comparator<FlowWait> FCFS = (a, b) -> {
        int byCreation = Long.signum(a.createdAtNanos() - b.createdAtNanos());
        return byCreation != 0 ? byCreation : Long.compare(a.sequence(), b.sequence());
    };

    private static Comparator<FlowWait> order(FlowSettings settings) {
        return switch (settings.order()) {
            case FCFS -> FCFS;
            case SLO ->
                (a, b) -> {
                    long dueA = a.createdAtNanos() + settings.targets().ttftNanos(a.request());
                    long dueB = b.createdAtNanos() + settings.targets().ttftNanos(b.request());
                    int byDue = Long.signum(dueA - dueB);
                    return byDue != 0 ? byDue : FCFS.compare(a, b);
                };
            case EDF ->
                (a, b) -> {
                    boolean aIsSet = a.request().deadline().isSet();
                    boolean bIsSet = b.request().deadline().isSet();
                    if (aIsSet && bIsSet) {
                        int byDeadline = Long.signum(a.request().deadline().atNanos()
                                - b.request().deadline().atNanos());
                        return byDeadline != 0 ? byDeadline : FCFS.compare(a, b);
                    }
                    return aIsSet == bIsSet ? FCFS.compare(a, b) : aIsSet ? -1 : 1;
                };
        };
    }
}
