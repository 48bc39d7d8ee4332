package dev.headgate.gateway.dispatch;

import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.route.DispatchSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a dispatcher can be told.
 *
 * @param settings the router's constants
 * @param policy {@code late}, {@code seed} or {@code random}
 * @param placement the constants of {@code late}
 * @param heartbeat how often workers report
 * @param resultBytes the largest result
 * @param workerTokens tokens that workers may show; empty if they need none
 * @param seed seeds the policy's draws
 * @param routing the router that chooses among workers, null if placement does
 */
public record DispatcherOptions(
        DispatchSettings settings,
        String policy,
        PlacementSettings placement,
        Duration heartbeat,
        long resultBytes,
        List<Token> workerTokens,
        long seed,
        @Nullable WorkerRouting routing) {
    public DispatcherOptions {
        workerTokens = List.copyOf(workerTokens);
    }

    /** Creates the options of a dispatcher whose placement chooses among workers. */
    public DispatcherOptions(
            DispatchSettings settings,
            String policy,
            PlacementSettings placement,
            Duration heartbeat,
            long resultBytes,
            List<Token> workerTokens,
            long seed) {
        this(settings, policy, placement, heartbeat, resultBytes, workerTokens, seed, null);
    }

    /** Returns the same with a router that chooses among workers. */
    public DispatcherOptions routedBy(WorkerRouting router) {
        return new DispatcherOptions(settings, policy, placement, heartbeat, resultBytes, workerTokens, seed, router);
    }

    /** The defaults of dispatch.md §1. */
    public static final DispatcherOptions DEFAULTS = new DispatcherOptions(
            DispatchSettings.DEFAULTS,
            "late",
            PlacementSettings.DEFAULTS,
            Duration.ofSeconds(2),
            16L << 20,
            List.of(),
            1);
}
