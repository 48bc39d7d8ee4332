package dev.headgate.core.route;

import dev.headgate.core.time.Wakeups.Wakeup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A question in flight to one endpoint: how many requests does it have? At most one per endpoint; later askers join it. */
final class Probe {
    final Member member;
    final List<Pass> askers = new ArrayList<>(2);
    long deadlineNanos; // the latest of all who asked

    /** Whether somebody asked who does not wait for the answer; then it goes on though nobody does. */
    boolean isBackground;

    boolean isAsked; // the edge was told to ask

    @Nullable
    Wakeup timeout;

    Probe(Member member, long deadlineNanos) {
        this.member = member;
        this.deadlineNanos = deadlineNanos;
    }
}
