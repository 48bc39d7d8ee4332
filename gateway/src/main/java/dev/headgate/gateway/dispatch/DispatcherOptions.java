package dev.headgate.gateway.dispatch;

import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.route.DispatchSettings;
import java.time.Duration;
import java.util.List;

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
 */
public record DispatcherOptions(
        DispatchSettings settings,
        String policy,
        PlacementSettings placement,
        Duration heartbeat,
        long resultBytes,
        List<Token> workerTokens,
        long seed) {
    public DispatcherOptions {
        workerTokens = List.copyOf(workerTokens);
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
