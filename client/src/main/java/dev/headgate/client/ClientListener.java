package dev.headgate.client;

import dev.headgate.core.request.CoolingCause;
import java.time.Duration;

/** Hears what a client does. Called on the way of requests: quick, and throws nothing. */
public interface ClientListener {
    /** Hears nothing. */
    ClientListener NONE = new ClientListener() {};

    /**
     * An attempt ended.
     *
     * @param backend its id
     * @param model as it was requested, empty without one
     * @param number its place among the attempts of its request, from 1
     * @param outcome {@code success}, a status as {@code 429}, a failure as {@code connect_refused}, or {@code cancelled}
     * @param elapsed since it began
     */
    default void attemptEnded(String backend, String model, int number, String outcome, Duration elapsed) {}

    /** An attempt at {@code from} failed, and the request goes on to {@code to}. */
    default void failover(String from, String to, String cause) {}

    /**
     * A backend is out of use.
     *
     * @param model its name there; empty = the whole backend
     * @param status of the answer that said so; 0 = there was none
     * @param wait from now
     * @param source what asked for that long, as {@code retry-after}; {@code default} if nothing did
     */
    default void cooling(String backend, String model, CoolingCause cause, int status, Duration wait, String source) {}

    /** A backend, or a model of it, is in use again. */
    default void available(String backend, String model) {}

    /** A request found no backend that may be called. */
    default void noBackendAvailable(String model, Duration soonest) {}

    /** A stream that broke after its first token is taken up again by {@code to}. */
    default void recovering(String from, String to) {}

    /** A request's body is larger than what is kept: it has one attempt. */
    default void sentOnce(String target) {}

    /**
     * A token provider threw.
     *
     * @param reason the simple name of what it threw, as the message may be a secret
     */
    default void tokenMissed(String reason) {}
}
