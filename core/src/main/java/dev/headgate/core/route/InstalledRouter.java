package dev.headgate.core.route;

import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RequestRouter.Need;
import dev.headgate.core.pick.RouterPart;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.RouterPlan.RouterThread;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A router of a pool while it chooses, and after that until all that it chose for has ended. */
final class InstalledRouter {
    /** So many failures within {@link #FAILURE_SPAN_NANOS} are no accident. */
    static final int MOST_FAILURES = 50;

    private static final long FAILURE_SPAN_NANOS = 10_000_000_000L;

    final RequestRouter router;
    final String name;
    final int generation;
    final boolean readsPrefix;
    final boolean readsPrediction;
    final @Nullable RouterThread thread;
    int leases; // of attempts that it chose and that have not ended
    int noticesWaiting; // on its thread
    boolean isRetired;
    boolean isClosed;
    boolean isQuarantined;
    boolean hangs; // a call has not returned in time
    long failures;
    private final List<RouterPart> parts;
    final @Nullable RecordedRandom random; // null for a router that was started elsewhere
    private final long[] failedAtNanos = new long[MOST_FAILURES]; // a ring of the last ones

    /** Installs a router that is started, with the {@code parts} that it asked for. */
    InstalledRouter(
            RequestRouter router,
            String name,
            int generation,
            @Nullable RouterThread thread,
            List<RouterPart> parts,
            @Nullable RecordedRandom random) {
        this.router = router;
        this.name = name;
        this.generation = generation;
        this.thread = thread;
        this.parts = parts;
        this.random = random;
        Set<Need> needs = router.needs();
        readsPrefix = needs.contains(Need.PREFIX);
        readsPrediction = needs.contains(Need.PREDICTION);
    }

    /** Lets it choose; returns what went wrong, null if nothing. */
    @Nullable
    RouterFault choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        try {
            router.choose(candidates, request, ranks);
            return null;
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            return RouterFault.of(e);
        }
    }

    /** Tells it of an attempt that it chose; returns what went wrong, null if nothing. */
    @Nullable
    RouterFault tell(Notice notice, PoolLease lease, Outcome outcome) {
        try {
            switch (notice) {
                case SENT -> router.sent(lease.endpoint(), lease.call());
                case ROUTED -> {
                    for (int i = 0; i < parts.size(); i++) {
                        parts.get(i).routed(lease.endpoint(), lease.call());
                    }
                    router.routed(lease.endpoint(), lease.call());
                }
                case FIRST_TOKEN -> router.firstToken(lease.endpoint(), lease.call());
                case COMPLETED -> router.completed(lease.endpoint(), lease.call(), outcome);
            }
            return null;
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            return RouterFault.of(e);
        }
    }

    /** Tells it of an endpoint, or lets it hand over or close; returns what went wrong, null if nothing. */
    @Nullable
    RouterFault tell(Consumer<RequestRouter> notice) {
        try {
            notice.accept(router);
            return null;
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            return RouterFault.of(e);
        }
    }

    /** Tells its parts of an endpoint. */
    void tellParts(Consumer<RouterPart> notice) {
        parts.forEach(notice);
    }

    /** Counts a failure at {@code nowNanos}; returns whether it is to be used no longer. */
    boolean failed(long nowNanos) {
        int place = (int) (failures % MOST_FAILURES);
        boolean isBusy = failures >= MOST_FAILURES - 1
                && nowNanos - failedAtNanos[(place + 1) % MOST_FAILURES] <= FAILURE_SPAN_NANOS;
        failedAtNanos[place] = nowNanos;
        failures++;
        boolean quarantinesNow = isBusy && !isQuarantined;
        isQuarantined |= isBusy;
        return quarantinesNow;
    }

    /** What a router is told of an attempt. */
    enum Notice {
        SENT,
        ROUTED,
        FIRST_TOKEN,
        COMPLETED
    }
}
