package dev.headgate.worker;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How a worker leaves without failing a request: it asks to drain and goes on serving while its models are loaded
 * elsewhere; told to drain, it takes no new work and finishes what runs; then it says goodbye.
 *
 * <p>Owned by the worker's serial executor. Every step has a time limit, so a silent dispatcher cannot hold a worker.
 */
final class Departure {
    /** The longest a departure may take from its first step. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    /** How long the dispatcher may take to answer a request to drain before the worker drains by itself. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    /** What the worker does at each step. */
    interface Steps {
        /** Tells the dispatcher that this worker wants to leave; returns false without a connection. */
        boolean ask();

        /** Takes no new work from here on. */
        void refuseNew();

        /** Returns whether nothing is left to finish or deliver. */
        boolean isDone();

        /** Says goodbye and ends. */
        void leave();
    }

    private enum Phase {
        SERVING,
        ASKED,
        DRAINING,
        LEFT
    }

    private final Steps steps;
    private final ScheduledExecutorService owner;
    private Phase phase = Phase.SERVING;

    Departure(Steps steps, ScheduledExecutorService owner) {
        this.steps = steps;
        this.owner = owner;
    }

    /** Begins to leave, as on SIGTERM. */
    void request() {
        if (phase != Phase.SERVING) {
            return;
        }
        phase = Phase.ASKED;
        after(LIMIT, this::leave);
        if (steps.ask()) {
            after(ANSWER_LIMIT, () -> drain(LIMIT));
        } else {
            drain(LIMIT);
        }
    }

    /** Drains, as the dispatcher commands or because it cannot be asked. */
    void drain(Duration limit) {
        if (phase == Phase.DRAINING || phase == Phase.LEFT) {
            return;
        }
        phase = Phase.DRAINING;
        steps.refuseNew();
        after(limit.compareTo(LIMIT) < 0 ? limit : LIMIT, this::leave);
        check();
    }

    /** Takes note that a task ended, a result was acknowledged or the connection changed. */
    void check() {
        if (phase == Phase.DRAINING && steps.isDone()) {
            leave();
        }
    }

    /** Takes note that the connection is gone: nobody is left who could answer. */
    void connectionLost() {
        if (phase == Phase.ASKED) {
            drain(LIMIT);
        } else {
            check();
        }
    }

    private void leave() {
        if (phase != Phase.LEFT) {
            phase = Phase.LEFT;
            steps.leave();
        }
    }

    private void after(Duration wait, Runnable step) {
        var _ = owner.schedule(step, wait.toMillis(), TimeUnit.MILLISECONDS);
    }
}
