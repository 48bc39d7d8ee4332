package dev.headgate.core.signal;

import java.util.Locale;

/** Why something that an engine reported is not believed (routing.md §13). */
public enum EngineFault {
    /** A number below zero. */
    NEGATIVE,
    /** No finite number. */
    NOT_A_NUMBER,
    /** A share above 1. */
    TOO_LARGE,
    /** The page stays as it was although requests were sent. */
    FROZEN;

    /** Returns it as metrics name it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
