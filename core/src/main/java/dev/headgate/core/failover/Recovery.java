package dev.headgate.core.failover;

import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.pool.Backend.Prefill;
import dev.headgate.core.stream.StreamDelivery;
import dev.headgate.core.stream.StreamFamily;
import org.jspecify.annotations.Nullable;

/** What one caller has of its stream, and how the stream may be taken up again should it break (gateway.md §9). Confined to its call. */
public final class Recovery {
    private final StreamFamily family;
    private final int choices;
    private @Nullable StreamDelivery delivery;
    private boolean replayFailed;
    private int recoveries;

    /** Nothing has been delivered yet of a stream of {@code choices} ≥ 1 answers. */
    public Recovery(StreamFamily family, int choices) {
        this.family = family;
        this.choices = choices;
    }

    /** Returns what the caller has of its stream, of which {@code settings} say how much text is kept. */
    public StreamDelivery delivery(RecoverySettings settings) {
        StreamDelivery known = delivery;
        if (known == null) {
            int kept = settings.max() == 0 || settings.modes().isEmpty() ? 0 : settings.maxBytes();
            known = new StreamDelivery(family, choices, kept);
            delivery = known;
        }
        return known;
    }

    /** Returns what the caller has of its stream, which may be nothing. */
    public StreamDelivery delivered() {
        StreamDelivery known = delivery;
        return known == null ? new StreamDelivery(family, 1, 0) : known;
    }

    /** Returns how {@code attempt} goes on after what the caller has. */
    public RecoveryMode mode(Attempt attempt) {
        StreamDelivery delivered = delivery;
        if (delivered == null) {
            return RecoveryMode.NONE;
        }
        for (RecoverySettings.Mode mode : attempt.settings().recovery().modes()) {
            if (mode == RecoverySettings.Mode.REPLAY && !replayFailed && delivered.canReplay()) {
                return RecoveryMode.REPLAY;
            }
            boolean canContinue = attempt.prefill() != Prefill.NONE && delivered.canContinue();
            if (mode == RecoverySettings.Mode.CONTINUE && canContinue) {
                return RecoveryMode.CONTINUE;
            }
        }
        return RecoveryMode.IMPOSSIBLE;
    }

    /** Counts one more recovery; returns false if there may be none. */
    public boolean begins(RecoverySettings settings) {
        StreamDelivery delivered = delivery;
        boolean isPossible = delivered != null
                && recoveries < settings.max()
                && ((!replayFailed && delivered.canReplay()) || delivered.canContinue());
        recoveries += isPossible ? 1 : 0;
        return isPossible;
    }

    /** What came departs from what the caller has. */
    public void replayFailed() {
        replayFailed = true;
    }
}
