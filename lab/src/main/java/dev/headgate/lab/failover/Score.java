package dev.headgate.lab.failover;

/** How a gateway came through, best first. */
public enum Score {
    /** The ideal outcome. */
    PASS,
    /** A whole and true answer, or the provider's own refusal, but outside the ideal's limits. */
    PARTIAL,
    /** A clear error and nothing wrong delivered before it. */
    SAFE,
    /** A truncated, doubled or garbled answer passed off as whole, or no end at all. */
    FAIL;

    /** Returns the worse of two. */
    Score worse(Score other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
