package dev.headgate.core.route;

/** Whom a slot goes to that the pass of a waiting call found. */
public enum Fifo {
    /** That call. */
    OFF,
    /** The call that has waited longest. */
    ANY,
    /** The one of the same model that has waited longest; of any, if it names no model. */
    MODEL,
    /** The same with sessions. */
    SESSION,
    /** By the model if it names one, else by the session if it belongs to one. */
    MODEL_OR_SESSION;

    /** Returns whether {@code older} may have what the pass of {@code finder} found. */
    boolean areAlike(Call older, Call finder) {
        String model = finder.metadata().multiplexedModelId();
        String session = finder.metadata().sessionId();
        if ((this == MODEL || this == MODEL_OR_SESSION) && !model.isEmpty()) {
            return model.equals(older.metadata().multiplexedModelId());
        }
        if ((this == SESSION || this == MODEL_OR_SESSION) && !session.isEmpty()) {
            return session.equals(older.metadata().sessionId());
        }
        return this != OFF;
    }
}
