package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import org.jspecify.annotations.Nullable;

/** The attempts of one call that are in flight: one, or two while it hedges. Confined to the event loop. */
final class AttemptsInFlight {
    private @Nullable RelayAttempt first;
    private @Nullable RelayAttempt second;

    void add(RelayAttempt attempt) {
        if (first == null) {
            first = attempt;
        } else {
            second = attempt;
        }
    }

    void remove(RelayAttempt attempt) {
        if (first == attempt) {
            first = second;
            second = null;
        } else if (second == attempt) {
            second = null;
        }
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Returns the one that does {@code attempt}, null if it is over. */
    @Nullable
    RelayAttempt find(Attempt attempt) {
        RelayAttempt one = first;
        if (one != null && one.attempt() == attempt) {
            return one;
        }
        RelayAttempt other = second;
        return other != null && other.attempt() == attempt ? other : null;
    }

    void cancelAllBut(@Nullable RelayAttempt kept) {
        RelayAttempt one = first;
        RelayAttempt other = second;
        if (other != null && other != kept) {
            other.cancel();
        }
        if (one != null && one != kept) {
            one.cancel();
        }
    }

    void due(long nowNanos) {
        RelayAttempt one = first;
        if (one != null) {
            one.due(nowNanos);
        }
        RelayAttempt other = second;
        if (other != null) {
            other.due(nowNanos);
        }
    }

    /** The call's time is over: what has arrived of each is all that there is. */
    void deadlinePassed() {
        RelayAttempt one = first;
        RelayAttempt other = second;
        if (other != null) {
            other.deadlinePassed();
        }
        if (one != null && first == one) {
            one.deadlinePassed();
        }
    }
}
