package dev.headgate.lab.engine;

import java.util.Arrays;

/** How far each request of a run is: parallel arrays by the number of the request. Times in microseconds, −1 = not yet. */
public final class RequestStates {
    /** When it came to the router. */
    public final long[] arrived;
    /** When it was given a replica for the last time. */
    public final long[] decided;
    /** When it came to that replica's queue. */
    public final long[] enqueued;
    /** When it was first scheduled there. */
    public final long[] scheduled;
    /** When its first token came. */
    public final long[] first;
    /** When it ended. */
    public final long[] done;
    /** The replica that it was given last, −1 = none. */
    public final int[] replica;
    /** The tokens that it found cached when it was first scheduled. */
    public final int[] cachedTokens;
    /** The tokens of the answer so far. */
    public final int[] generated;

    final int[] computed; // tokens of the prompt, and of the answer if that is computed again
    final int[] held; // leading blocks that it uses in the cache
    final long[] finishStep; // the count of decode steps at which it is complete; −1 = it does not decode
    final int[] olderDecoder;
    final int[] newerDecoder;

    /** Creates the states of {@code count} requests that have not come. */
    public RequestStates(int count) {
        arrived = unknown(count);
        decided = unknown(count);
        enqueued = unknown(count);
        scheduled = unknown(count);
        first = unknown(count);
        done = unknown(count);
        replica = new int[count];
        Arrays.fill(replica, -1);
        cachedTokens = new int[count];
        generated = new int[count];
        computed = new int[count];
        held = new int[count];
        finishStep = unknown(count);
        olderDecoder = new int[count];
        newerDecoder = new int[count];
    }

    private static long[] unknown(int count) {
        long[] times = new long[count];
        Arrays.fill(times, -1);
        return times;
    }

    /** Forgets what a replica that is gone did for {@code request}, which has had no token. */
    public void restart(int request) {
        generated[request] = 0;
        computed[request] = 0;
        held[request] = 0;
        finishStep[request] = -1;
        scheduled[request] = -1;
    }
}
