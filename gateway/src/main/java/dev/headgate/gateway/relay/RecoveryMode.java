package dev.headgate.gateway.relay;

/** How an attempt takes a stream up again. */
enum RecoveryMode {
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
    String label() {
        return label;
    }
}
