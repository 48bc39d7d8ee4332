package dev.headgate.core.failover;

import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.OutlierSettings;
import dev.headgate.core.guard.RetryBudgetSettings;
import dev.headgate.core.request.FailoverStatuses;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a pool of backends serves requests (gateway.md §1). A duration of zero is {@code off}, for {@code ttft} and
 * {@code idle} {@code auto}.
 *
 * @param selection how one of a tier is picked
 * @param attempts how often a request is tried
 * @param timeouts how long each part may take
 * @param cooldown how long a backend is left alone
 * @param failoverOn statuses that depart from the table
 * @param allFailed what a caller reads when nothing worked
 * @param contentPolicy what a refusal of the content does
 * @param recovery how a stream is saved after its first byte has left
 * @param earlySpill 0–1: the share of an upstream's token limit to use before spilling; 0 = off
 * @param retryBudget how many attempts beyond the first the pool makes
 * @param hedge when a second attempt runs beside the first
 * @param circuitBreaker limits of the pool; null = none
 * @param queue who waits when the breaker is full
 * @param outlier who is ejected; null = nobody
 * @param tripOn what 5xx do
 * @param router the policy that picks in the place of {@code selection}; null = none
 */
public record FailoverSettings(
        Selection selection,
        AttemptSettings attempts,
        TimeoutSettings timeouts,
        CooldownSettings cooldown,
        FailoverStatuses failoverOn,
        AllFailed allFailed,
        ContentPolicy contentPolicy,
        RecoverySettings recovery,
        double earlySpill,
        RetryBudgetSettings retryBudget,
        HedgeSettings hedge,
        @Nullable BreakerSettings circuitBreaker,
        QueueSettings queue,
        @Nullable OutlierSettings outlier,
        TripOn tripOn,
        @Nullable PolicySettings router) {
    /** The values of gateway.md §1. */
    public static final FailoverSettings DEFAULTS = new FailoverSettings(
            Selection.RANDOM,
            new AttemptSettings(0, Duration.ZERO, 1, Duration.ofSeconds(3)),
            new TimeoutSettings(
                    Duration.ofSeconds(5),
                    Duration.ZERO,
                    Duration.ofSeconds(300),
                    Duration.ZERO,
                    Duration.ofSeconds(600)),
            CooldownSettings.DEFAULTS,
            FailoverStatuses.DEFAULTS,
            AllFailed.AUTO,
            ContentPolicy.RETURN,
            new RecoverySettings(List.of(RecoverySettings.Mode.REPLAY), 65_536, 1),
            0.98,
            RetryBudgetSettings.DEFAULTS,
            new HedgeSettings(HedgeSettings.After.OFF, Duration.ZERO, 5),
            null,
            new QueueSettings(0, Duration.ofSeconds(2)),
            null,
            TripOn.IMMEDIATE,
            null);

    /** Returns a builder that begins with these. */
    public FailoverSettingsBuilder with() {
        return new FailoverSettingsBuilder(this);
    }

    /** How one of a tier's available backends is picked. */
    public enum Selection {
        /** Each is as likely. */
        RANDOM,
        /** In proportion to weight. */
        WEIGHTED,
        /** The less loaded of two drawn in proportion to weight. */
        LEAST_LOADED
    }

    /** What a caller reads when nothing worked. */
    public enum AllFailed {
        /** By gateway.md §7. */
        AUTO,
        /** Always 429. */
        THROTTLED,
        /** The last answer that came, if one did. */
        LAST_RESPONSE
    }

    /** What a refusal of the content does. */
    public enum ContentPolicy {
        /** It is the answer. */
        RETURN,
        /** The next fallback model is asked. */
        FALLBACK
    }

    /** What 5xx do. */
    public enum TripOn {
        /** Cool the backend at once. */
        IMMEDIATE,
        /** Count in outlier detection only. */
        OUTLIER
    }

    /**
     * How often a request is tried.
     *
     * @param max attempts per model; 0 = the number of eligible backends
     * @param onlyIfFasterThan after a failed attempt that took longer there is no other; zero = off
     * @param retryBeforeFallback more attempts on the model's own backends before the first fallback, ≥ 0
     * @param waitBeforeFallback the longest wait that is waited out before a fallback
     */
    public record AttemptSettings(
            int max, Duration onlyIfFasterThan, int retryBeforeFallback, Duration waitBeforeFallback) {}

    /**
     * How long each part may take.
     *
     * @param connect until the connection is there, TLS included
     * @param ttft until the first token of a stream; zero = auto
     * @param response until the head of an answer that is no stream
     * @param idle between two bytes of an answer; zero = auto
     * @param total from the last byte of the request
     */
    public record TimeoutSettings(Duration connect, Duration ttft, Duration response, Duration idle, Duration total) {}

    /**
     * How a stream is saved after its first byte has left.
     *
     * @param modes tried in order
     * @param maxBytes of delivered text up to which it is tried
     * @param max recoveries per request
     */
    public record RecoverySettings(List<Mode> modes, int maxBytes, int max) {
        public RecoverySettings {
            modes = List.copyOf(modes);
        }

        /** How a stream is taken up again. */
        public enum Mode {
            /** The request is sent again, and what the caller has is suppressed. */
            REPLAY,
            /** What the caller has goes along, and the answer is continued. */
            CONTINUE
        }
    }

    /**
     * When a second attempt runs beside the first.
     *
     * @param after how the time is known
     * @param delay the time, for {@link After#FIXED}
     * @param budgetPercent hedges per request, 0–100
     */
    public record HedgeSettings(After after, Duration delay, double budgetPercent) {
        /** How the time after which a hedge starts is known. */
        public enum After {
            /** There are no hedges. */
            OFF,
            /** It is configured. */
            FIXED,
            /** It is the 95th percentile of what first tokens took. */
            P95
        }
    }

    /**
     * Who waits when the breaker is full.
     *
     * @param size requests; 0 = nobody
     * @param maxWait how long
     */
    public record QueueSettings(int size, Duration maxWait) {}
}
