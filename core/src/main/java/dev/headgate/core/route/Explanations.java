package dev.headgate.core.route;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The explanations of a pool's latest choices: a share of all, and those of requests that asked. At most 10,000 are kept. */
final class Explanations {
    private static final int MOST = 10_000;

    private final Deque<Explanation> kept = new ArrayDeque<>();
    private final double share;
    private double due;
    private long count;

    /** Returns none yet; {@code share} of all choices, 0 to 1, are to be explained. */
    Explanations(double share) {
        this.share = share;
    }

    /** Returns whether the next choice is to be explained: every so manyth, which takes no chance from routers. */
    boolean isDue() {
        due += share;
        if (due >= 1) {
            due -= 1;
            return true;
        }
        return false;
    }

    long nextId() {
        return ++count;
    }

    void keep(Explanation explanation) {
        if (kept.size() == MOST) {
            kept.removeFirst();
        }
        kept.addLast(explanation);
    }

    /** Returns the one numbered {@code id}, empty if there is none or it is too old; numbers are in order. */
    Optional<Explanation> find(long id) {
        Explanation oldest = kept.peekFirst();
        if (oldest == null || id < oldest.id()) {
            return Optional.empty();
        }
        return kept.stream().filter(explanation -> explanation.id() == id).findFirst();
    }
}
