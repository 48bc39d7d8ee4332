package dev.headgate.core.pick;

import dev.headgate.core.request.InferenceRequest;

/** Chooses one endpoint for a request. Implementations do not block and do not allocate. */
@FunctionalInterface
public interface Picker {
    /** What {@link #pick} returns when no candidate is available. */
    int NONE = -1;

    /** Returns the index of an available candidate, or {@link #NONE} if there is none. */
    int pick(Candidates candidates, InferenceRequest request);
}
