package dev.headgate.core.failover;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.CoolingCause;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a backend stands at one moment (gateway.md §16).
 *
 * @param pool its pool's name
 * @param backend its configuration
 * @param state that of the longest wait among backend and models
 * @param cause why it is out of use; null if it is not
 * @param retryAfterMillis until it may be called again, 0 if it may be
 * @param successfulCalls since the start
 * @param inFlight attempts at this moment
 * @param models those that were called lately, in order of name
 */
public record BackendStatus(
        String pool,
        Backend backend,
        State state,
        @Nullable CoolingCause cause,
        long retryAfterMillis,
        long successfulCalls,
        int inFlight,
        List<ModelStatus> models) {
    public BackendStatus {
        models = List.copyOf(models);
    }

    /**
     * How one model of a backend stands.
     *
     * @param model its upstream name
     * @param state its own state, that of the whole backend aside
     * @param cause why it is out of use; null if it is not
     * @param retryAfterMillis until it may be called again, 0 if it may be
     */
    public record ModelStatus(
            String model, State state, @Nullable CoolingCause cause, long retryAfterMillis) {}

    /** What a backend may be used for. */
    public enum State {
        /** Everything. */
        AVAILABLE,
        /** A growing share, after a successful probe. */
        RECOVERING,
        /** One probe. */
        HALF_OPEN,
        /** Nothing, for a time. */
        COOLING,
        /** Nothing, as an outlier, for a time. */
        EJECTED,
        /** Nothing, until an operator says so. */
        DRAINED;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** Returns the name as the admin API and metrics show it. */
        public String label() {
            return label;
        }
    }
}
