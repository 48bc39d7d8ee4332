package dev.headgate.core.place;

import java.util.Locale;

/** Why a model had to be loaded for waiting work; the metric label is the lower-case name. */
public enum MissCause {
    /** The first load of the label. */
    COLD,
    /** It had been evicted for capacity. */
    EVICTED,
    /** Another copy is resident. */
    REPLICA,
    /** The worker that holds it is about to drain. */
    MOVED,
    /** The worker that held it was lost or restarted. */
    RESTART,
    /** The head of the queue had been overtaken too often. */
    FORCED;

    /** Returns the metric label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
