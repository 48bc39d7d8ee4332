package dev.headgate.core.stream;

/**
 * Where a reader's bytes go, in order. Written by the edge; called from within {@link StreamReader#read} and its
 * siblings only.
 */
public interface StreamOutput {
    /**
     * Something is about to be released for the first time by this reader. Called at most once per reader, before its
     * first bytes.
     *
     * @return false if another attempt of the call was first: the reader is {@link StreamState#DROPPED} then
     */
    boolean commit();

    /** Forwards the bytes [from, to) of the buffer that is being read, absolute indices; no copy is needed. */
    void forward(int from, int to);

    /** Sends bytes of the reader's own; they are overwritten after the call, so the edge copies them. */
    void send(byte[] bytes, int from, int to);
}
