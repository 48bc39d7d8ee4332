package dev.headgate.lab.load;

import java.time.Duration;

/** What callers ask for and the upstream gives. */
public enum Workload {
    /** A document of 330 bytes. */
    JSON("bench-json", 330, 0, Duration.ZERO),
    /** A document of 10 KB. */
    JSON_10K("bench-large", 10_000, 0, Duration.ZERO),
    /** A stream of 512 tokens, all at once. */
    BURST("bench-burst", 0, 512, Duration.ZERO),
    /** A stream of 400 tokens, one each 5 ms. */
    PACED("bench-paced", 0, 400, Duration.ofMillis(5)),
    /** A stream of 50 tokens, one each 100 ms. */
    SLOW("bench-slow", 0, 50, Duration.ofMillis(100)),
    /** A stream that begins with one token and then says nothing, for as long as the caller stays. */
    IDLE("bench-idle", 0, 1, Duration.ofHours(1));

    private final String model;
    private final int bodyBytes;
    private final int tokens;
    private final Duration pace;

    Workload(String model, int bodyBytes, int tokens, Duration pace) {
        this.model = model;
        this.bodyBytes = bodyBytes;
        this.tokens = tokens;
        this.pace = pace;
    }

    /** Returns the model's name, by which the upstream knows what is asked for. */
    public String model() {
        return model;
    }

    /** Returns how long its document is; 0 if it is a stream. */
    public int bodyBytes() {
        return bodyBytes;
    }

    /** Returns how many tokens a stream has. */
    public int tokens() {
        return tokens;
    }

    /** Returns how many events a stream has: its tokens, the role, the finish and the mark of the end. */
    public int events() {
        return isStream() ? tokens + 3 : 0;
    }

    /** Returns the time from one token to the next. */
    public Duration pace() {
        return pace;
    }

    /** Returns whether the answer is an event stream. */
    public boolean isStream() {
        return tokens > 0;
    }
}
