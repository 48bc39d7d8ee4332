package dev.headgate.lab.engine;

import dev.headgate.lab.trace.Trace;
import java.util.SplittableRandom;

/** One replica that is given all requests of a trace when they come. */
final class EngineRun implements ReplicaListener {
    final RequestStates states;
    final Replica replica;
    final Clock clock = new Clock();
    int completed;
    int lost;

    EngineRun(EngineConstants constants, Trace trace) {
        states = new RequestStates(trace.size());
        replica = new Replica(constants, ReplicaSpeed.FULL, trace, states, clock, new SplittableRandom(1), this);
        for (int r = 0; r < trace.size(); r++) {
            int request = r;
            clock.at(trace.arrival(r), () -> replica.enqueue(request));
        }
    }

    EngineRun run() {
        while (clock.next().isPresent()) {
            clock.advance(clock.next().getAsLong());
            replica.check();
        }
        return this;
    }

    long ttftMicros(int request) {
        return states.first[request] - states.enqueued[request];
    }

    @Override
    public void firstToken(int request) {}

    @Override
    public void completed(int request) {
        completed++;
    }

    @Override
    public void lost(int request) {
        lost++;
    }
}
