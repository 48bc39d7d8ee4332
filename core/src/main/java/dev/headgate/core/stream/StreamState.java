package dev.headgate.core.stream;

/** Where the reading of one attempt's stream stands. */
public enum StreamState {
    /** Nothing is released yet: another attempt can still take its place unseen. */
    HOLDING(false),
    /** Events reach the caller; or, in a recovery, are compared with what the caller has. */
    FLOWING(false),
    /** The answer is whole but for usage and the end mark: call {@code silent} after 1 s without bytes. */
    AWAITING_END(false),
    /** The caller has a whole answer with its end mark; bytes that follow are ignored. */
    COMPLETE(true),
    /** It ended early, or an event was damaged. */
    CUT(true),
    /** The upstream sent an error event, see {@link StreamReader#error}. */
    ERROR_EVENT(true),
    /** A recovery's text departs from what the caller has, or cannot be joined to it. */
    DIVERGED(true),
    /** Another attempt of the call was first. */
    DROPPED(true);

    private final boolean isFinal;

    StreamState(boolean isFinal) {
        this.isFinal = isFinal;
    }

    /** Returns whether nothing more can come of it. */
    public boolean isFinal() {
        return isFinal;
    }

    /** Returns whether the attempt failed and something else is to be done for the caller. */
    public boolean isFailure() {
        return this == CUT || this == ERROR_EVENT || this == DIVERGED;
    }
}
