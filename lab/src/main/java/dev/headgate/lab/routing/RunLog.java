package dev.headgate.lab.routing;

import dev.headgate.lab.engine.RequestStates;
import java.util.Arrays;
import java.util.Optional;

/** What happened to each request of a run. */
final class RunLog {
    final RequestStates states;
    final long[] granted; // when it left the router's waiting room for the first time
    final Ending[] endings;
    final int[] retries;
    long[] decisionNanos = new long[0]; // empty unless they are measured
    long allocatedBytes;
    long[] busyMicros = new long[0]; // by replica
    long preemptions;
    Optional<String> failure = Optional.empty(); // of the policy

    RunLog(int requests) {
        this(requests, new RequestStates(requests));
    }

    /** Creates one of requests whose times are known. */
    RunLog(int requests, RequestStates states) {
        this.states = states;
        granted = new long[requests];
        Arrays.fill(granted, -1);
        endings = new Ending[requests];
        Arrays.fill(endings, Ending.NONE);
        retries = new int[requests];
    }

    /** Returns a number that two runs share only if the same happened in both. */
    long hash() {
        long hash = 17;
        for (int r = 0; r < endings.length; r++) {
            hash = mix(hash, states.replica[r]);
            hash = mix(hash, states.decided[r]);
            hash = mix(hash, states.first[r]);
            hash = mix(hash, states.done[r]);
            hash = mix(hash, endings[r].name().hashCode());
        }
        return hash;
    }

    private static long mix(long hash, long value) {
        long mixed = (hash ^ value) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    /** How a request ended. */
    enum Ending {
        /** It has not. */
        NONE,
        DONE,
        REFUSED,
        FAILED,
        EXPIRED
    }
}
