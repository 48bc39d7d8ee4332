package dev.headgate.core.admit;

/**
 * When a request is bound to its endpoint: as soon as the pool may have it, or not before an endpoint has a slot free.
 *
 * @param when which of the two
 * @param prefillWindow prompt tokens that may wait in an endpoint that still takes one more, ≥ 0
 */
public record FlowBinding(When when, int prefillWindow) {
    /** Requests among which one is chosen for a free slot. */
    public static final int LOOK_AHEAD = 64;

    /** How often a request is passed over before it goes first. */
    public static final int MOST_OVERTAKEN = 50;

    /**
     * The part of the target per token up to which a tenant fills endpoints that had more than its share: decoding then takes
     * about twice as long as in an idle engine, and others hardly notice it.
     */
    public static final double CALM_SHARE = 0.4;

    private static final int DEFAULT_WINDOW = 8192; // a batch of an engine, so that the next is ready when one ends

    /** Requests are bound early. */
    public static final FlowBinding EARLY = new FlowBinding(When.EARLY, DEFAULT_WINDOW);

    public FlowBinding {
        if (prefillWindow < 0) {
            throw new IllegalArgumentException("prefillWindow: " + prefillWindow + " (expected: >= 0)");
        }
    }

    /** Returns the same with another time of binding. */
    public FlowBinding binding(When other) {
        return new FlowBinding(other, prefillWindow);
    }

    /** When a request is bound. */
    public enum When {
        /** When the pool is not saturated; it may then wait in an engine. */
        EARLY,
        /** When an endpoint has a slot free; it waits in the router until then. */
        LATE,
        /** Early while the pool is not saturated, late otherwise. */
        AUTO
    }
}
