package dev.headgate.lab.live;

import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.engine.ReplicaSpeed;
import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.workload.Fleet;
import dev.headgate.lab.workload.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The replicas of a fleet. Requests are offered from any thread; all else happens on the thread that advances it, and results
 * are read after that has ended.
 */
final class LiveEngines implements Pacer.Work {
    private final List<LiveReplica> replicas = new ArrayList<>();
    private final RequestStates states;
    private final Lateness lateness = new Lateness();
    private final Queue<Offer> offers = new ConcurrentLinkedQueue<>(); // bounded by the trace: each request comes once

    /** Creates idle ones that draw noise as the simulation's do. */
    LiveEngines(Trace trace, EngineConstants constants, Fleet fleet, long seed, TokenSink sink) {
        states = new RequestStates(trace.size());
        SplittableRandom noise = new SplittableRandom(Streams.NOISE.seed(seed));
        for (ReplicaSpeed kind : fleet.replicas()) {
            replicas.add(new LiveReplica(constants, kind, trace, states, noise.split(), sink, lateness));
        }
    }

    /** Has {@code request} enter the queue of {@code replica} at {@code atMicros}; the owner must be woken. */
    void offer(int replica, int request, long atMicros) {
        offers.add(new Offer(replica, request, atMicros));
    }

    @Override
    public void advance(long nowMicros) {
        for (Offer offer = offers.poll(); offer != null; offer = offers.poll()) {
            states.replica[offer.request] = offer.replica;
            replicas.get(offer.replica).offer(offer.request, offer.atMicros);
        }
        for (LiveReplica replica : replicas) {
            replica.advance(nowMicros);
        }
    }

    @Override
    public long nextMicros() {
        long next = NEVER;
        for (LiveReplica replica : replicas) {
            next = Math.min(next, replica.nextMicros());
        }
        return next;
    }

    /** Returns what became of each request, in model time. */
    RequestStates states() {
        return states;
    }

    /** Returns the microseconds that each replica computed. */
    long[] busyMicros() {
        return replicas.stream().mapToLong(LiveReplica::busyMicros).toArray();
    }

    /** Returns how often a request had to start over. */
    long preemptions() {
        return replicas.stream().mapToLong(LiveReplica::preemptions).sum();
    }

    /** Returns by how much events were run later than the model says. */
    Delay lateness() {
        return lateness.delay();
    }

    private record Offer(int replica, int request, long atMicros) {}
}
