package dev.headgate.core.pick;

/** One consideration that composes with any policy: locality, loaded models, sessions. */
public interface RouterPart {
    /** Adds all candidates to {@code ranks}, in the order of this consideration. */
    void rank(Candidates candidates, PendingRequest request, Ranks ranks);

    /** Returns the candidates that this consideration allows in this pass; what is returned is valid until the next call. */
    IndexSet narrow(Candidates candidates, PendingRequest request);

    /** A set of candidates. */
    interface IndexSet {
        /** Returns how many there are. */
        int size();

        /** Returns the {@code k}-th, in ascending order. */
        int get(int k);

        /** Returns whether candidate {@code index} is in it. */
        boolean contains(int index);
    }
}
