package dev.headgate.core.failover;

/** How an attempt takes a stream up again. */
public enum RecoveryMode {
    /** It does not: nothing has been released. */
    NONE("none"),
    /** It says all again, and what the caller has is suppressed. */
    REPLAY("replay"),
    /** It is told what the caller has, and goes on. */
    CONTINUE("continue"),
    /** There is no way left. */
    IMPOSSIBLE("none");

    private final String label;

    RecoveryMode(String label) {
        this.label = label;
    }

    /** Returns the name as metrics show it. */
    public String label() {
        return label;
    }
}
