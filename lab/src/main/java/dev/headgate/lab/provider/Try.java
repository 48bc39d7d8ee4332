package dev.headgate.lab.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;

/** One request that reached the provider, as far as it has come. Times are {@link System#nanoTime()}. Thread-safe. */
public final class Try {
    private final String model;
    private final int index;
    private final String path;
    private final Map<String, String> headers;
    private final JsonNode body;
    private final long arrivedNanos;

    private volatile int status; // 0 until a head was sent; these four are written by the connection's thread alone
    private volatile int tokensSent;
    private volatile long endedNanos;
    private volatile State state = State.RUNNING;

    Try(String model, int index, IncomingRequest request) {
        this.model = model;
        this.index = index;
        this.path = request.target();
        this.headers = request.headers();
        this.body = request.body();
        this.arrivedNanos = request.readNanos();
    }

    /** How far a try has come. */
    public enum State {
        /** Being answered. */
        RUNNING,
        /** Played to its scripted end. */
        PLAYED,
        /** The caller closed the connection before that. */
        CALLER_GONE
    }

    /** Returns the model that was asked. */
    public String model() {
        return model;
    }

    /** Returns how many tries the model had before. */
    public int index() {
        return index;
    }

    /** Returns the request's target. */
    public String path() {
        return path;
    }

    /** Returns the request's header fields, names in lower case, the last of several. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns the request's body. */
    public JsonNode body() {
        return body;
    }

    /** Returns when the request had been read. */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** Returns when it ended; 0 while it runs. */
    public long endedNanos() {
        return endedNanos;
    }

    /** Returns how long it took; zero while it runs. */
    public Duration took() {
        return Duration.ofNanos(state == State.RUNNING ? 0 : endedNanos - arrivedNanos);
    }

    /** Returns the status that was sent; 0 if none. */
    public int status() {
        return status;
    }

    /** Returns how many tokens were sent. */
    public int tokensSent() {
        return tokensSent;
    }

    /** Returns how far it has come. */
    public State state() {
        return state;
    }

    /** Returns whether its last message is the assistant's. */
    public boolean endsWithAssistant() {
        return new Arrival(index, Duration.ZERO, body).endsWithAssistant();
    }

    void headSent(int sentStatus) {
        status = sentStatus;
    }

    void tokensSent(int count) {
        tokensSent = count;
    }

    void ended(State end) {
        endedNanos = System.nanoTime();
        state = end;
    }

    @Override
    public String toString() {
        return model + "#" + index + " status=" + status + " tokens=" + tokensSent + " " + state;
    }
}
