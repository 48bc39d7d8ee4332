package dev.headgate.client;

import dev.headgate.core.failover.Attempt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attempts of one call that are in flight: one, or two while it hedges. Confined to the call's turn. */
final class AttemptsInFlight {
    private final List<ClientAttempt> attempts = new ArrayList<>(2);

    void add(ClientAttempt attempt) {
        attempts.add(attempt);
    }

    void remove(ClientAttempt attempt) {
        attempts.remove(attempt);
    }

    boolean isEmpty() {
        return attempts.isEmpty();
    }

    /** Returns the one that does {@code attempt}, null if it is over. */
    @Nullable
    ClientAttempt find(Attempt attempt) {
        for (ClientAttempt each : attempts) {
            if (each.attempt() == attempt) {
                return each;
            }
        }
        return null;
    }

    /** Returns the one that does {@code attempt}, which is not over. */
    ClientAttempt running(Attempt attempt) {
        ClientAttempt found = find(attempt);
        if (found == null) {
            throw new IllegalStateException("attempt " + attempt.number() + ": over (expected: in flight)");
        }
        return found;
    }

    void cancelAllBut(@Nullable ClientAttempt kept) {
        for (ClientAttempt each : List.copyOf(attempts)) {
            if (each != kept) {
                each.cancel();
            }
        }
    }

    /** The application takes more again. */
    void resume() {
        List.copyOf(attempts).forEach(ClientAttempt::resume);
    }

    void due(long nowNanos) {
        List.copyOf(attempts).forEach(each -> each.due(nowNanos));
    }

    /** The call's time is over: what has arrived of each is all that there is. */
    void deadlinePassed() {
        List.copyOf(attempts).forEach(ClientAttempt::deadlinePassed);
    }
}
