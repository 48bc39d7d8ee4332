package dev.headgate.gateway.admin;

/** Reads the configuration again; called from a thread that may block, never from two at once. */
@FunctionalInterface
public interface Reload {
    /** Puts the configuration into force if it is good. */
    Outcome reload();

    /** Gives {@code pool} the router that {@code json} describes, as the configuration does, if it is good. */
    default Outcome setRouter(String pool, String json) {
        return new Outcome.Refused("there is no configuration file (expected: a start with --config FILE)");
    }

    /** Gives {@code pool} the router of its configuration again, if it is good. */
    default Outcome resetRouter(String pool) {
        return new Outcome.Refused("there is no configuration file (expected: a start with --config FILE)");
    }

    /** Returns whether {@link #setRouter} gave {@code pool} the router that is in force. */
    default boolean isRouterSet(String pool) {
        return false;
    }

    /** What became of it. */
    sealed interface Outcome {
        /**
         * The new configuration is in force.
         *
         * @param generation how many there have been
         */
        record Reloaded(long generation) implements Outcome {}

        /**
         * The old one stays.
         *
         * @param sentence what is wrong with the new one
         */
        record Refused(String sentence) implements Outcome {}
    }
}
