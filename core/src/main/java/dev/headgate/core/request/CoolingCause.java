package dev.headgate.core.request;

import java.util.Locale;

/** Why a backend is out of use for a time. */
public enum CoolingCause {
    /** It asked for fewer requests: 429. */
    THROTTLED(true),
    /** It answered with an error of its own: 5xx. */
    FAILED(true),
    /** It did not answer in time, twice in a row. */
    TIMEOUT(true),
    /** It could not be reached, or does not speak HTTP. */
    UNREACHABLE(false),
    /** It refuses our credential. */
    AUTH(false),
    /** Its account is exhausted. */
    QUOTA(false);

    private final boolean belongsToModel;
    private final String label;

    CoolingCause(boolean belongsToModel) {
        this.belongsToModel = belongsToModel;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether it concerns one upstream model only, as providers limit per deployment; else the whole backend. */
    public boolean belongsToModel() {
        return belongsToModel;
    }

    /** Returns the metric label, in snake case. */
    public String label() {
        return label;
    }
}
