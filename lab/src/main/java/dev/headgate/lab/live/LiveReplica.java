package dev.headgate.lab.live;

import dev.headgate.lab.engine.Clock;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.engine.Replica;
import dev.headgate.lab.engine.ReplicaListener;
import dev.headgate.lab.engine.ReplicaSpeed;
import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.trace.Trace;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * One of the simulation's replicas, moved through time by its owner. Every event happens at its own model time, so that being
 * called late shifts nothing but the telling. Confined to its owner.
 */
final class LiveReplica implements ReplicaListener {
    private final Clock clock = new Clock();
    private final RequestStates states;
    private final Replica replica;
    private final TokenSink sink;
    private final Lateness lateness;
    private final List<Answer> answers = new ArrayList<>(); // begun and not complete

    LiveReplica(
            EngineConstants constants,
            ReplicaSpeed kind,
            Trace trace,
            RequestStates states,
            RandomGenerator noise,
            TokenSink sink,
            Lateness lateness) {
        this.states = states;
        this.sink = sink;
        this.lateness = lateness;
        this.replica = new Replica(constants, kind, trace, states, clock, noise, this);
    }

    /** Has {@code request} enter the queue at {@code atMicros}, or now if that is past. */
    void offer(int request, long atMicros) {
        clock.at(Math.max(atMicros, clock.micros()), () -> replica.enqueue(request));
    }

    /** Returns when the next event is, {@link Pacer.Work#NEVER} if there is none. */
    long nextMicros() {
        return clock.next().orElse(Pacer.Work.NEVER);
    }

    /** Runs every event up to {@code nowMicros}, each at its own time, and tells what came of it. */
    void advance(long nowMicros) {
        for (OptionalLong next = clock.next(); next.isPresent() && next.getAsLong() <= nowMicros; next = clock.next()) {
            clock.advance(next.getAsLong());
            lateness.add(nowMicros - next.getAsLong());
            tell();
        }
    }

    /** Returns the microseconds that it computed. */
    long busyMicros() {
        return replica.busyMicros();
    }

    /** Returns how often a request had to start over. */
    long preemptions() {
        return replica.preemptions();
    }

    @Override
    public void firstToken(int request) {
        answers.add(new Answer(request));
    }

    @Override
    public void completed(int request) {
        // seen in the states, after the last token is told
    }

    @Override
    public void lost(int request) {
        throw new IllegalStateException("request " + request + " is lost, though no replica crashes here");
    }

    private void tell() {
        for (Iterator<Answer> each = answers.iterator(); each.hasNext(); ) {
            Answer answer = each.next();
            int generated = replica.generated(answer.request);
            if (generated > answer.told) {
                if (answer.told == 0) {
                    sink.begins(answer.request);
                }
                sink.tokens(answer.request, generated - answer.told);
                answer.told = generated;
            }
            if (states.done[answer.request] >= 0) {
                each.remove();
                sink.completed(answer.request);
            }
        }
    }

    private static final class Answer {
        private final int request;
        private int told;

        private Answer(int request) {
            this.request = request;
        }
    }
}
