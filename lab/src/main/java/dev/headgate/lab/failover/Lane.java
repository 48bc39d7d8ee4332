package dev.headgate.lab.failover;

import dev.headgate.lab.provider.Script;
import java.time.Duration;

/**
 * One way in which a scenario is played.
 *
 * @param name what sets it apart within the scenario
 * @param streams whether the caller asks for a stream
 * @param primary what the primary model does
 * @param fallback what the fallback does
 * @param ideal what it is held against
 * @param requests how many requests the caller sends
 * @param every the time from one request to the next
 */
record Lane(String name, boolean streams, Script primary, Script fallback, Ideal ideal, int requests, Duration every) {
    /** The lane that is played with the plain names of the models. */
    static final String STREAMED = "streamed";

    static Lane streamed(Script primary, Ideal ideal) {
        return new Lane(STREAMED, true, primary, Script.healthy(), ideal, 1, Duration.ZERO);
    }

    static Lane whole(Script primary, Ideal ideal) {
        return new Lane("whole", false, primary, Script.healthy(), ideal, 1, Duration.ZERO);
    }

    Lane named(String other) {
        return new Lane(other, streams, primary, fallback, ideal, requests, every);
    }

    Lane withFallback(Script other) {
        return new Lane(name, streams, primary, other, ideal, requests, every);
    }

    Lane asking(int times, Duration pause) {
        return new Lane(name, streams, primary, fallback, ideal, times, pause);
    }
}
