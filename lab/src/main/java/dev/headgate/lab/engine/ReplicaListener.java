package dev.headgate.lab.engine;

/** Hears what becomes of requests on a replica. */
public interface ReplicaListener {
    /** The first token of {@code request} came. */
    void firstToken(int request);

    /** The answer of {@code request} is complete. */
    void completed(int request);

    /** The replica is gone and with it all that was done for {@code request}. */
    void lost(int request);
}
