package dev.headgate.lab.routing;

import com.sun.management.ThreadMXBean;
import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Usage;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.Decision;
import dev.headgate.core.route.Lease;
import dev.headgate.core.route.PoolLease;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.lab.engine.Clock;
import dev.headgate.lab.engine.Replica;
import dev.headgate.lab.engine.ReplicaListener;
import dev.headgate.lab.routing.RunLog.Ending;
import dev.headgate.lab.routing.RunSettings.Measuring;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.workload.Fleet;
import dev.headgate.lab.workload.Streams;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One policy under one workload with one seed: production routers, modelled engines, and a clock that jumps from event to
 * event.
 *
 * <p>Whoever watches the fleet is taken to notice a crash at once, and engines' reports to arrive as they are made.
 */
final class RoutingSimulation implements ReplicaListener {
    private static final long NANOS_PER_MICRO = 1000;
    private static final int CHECK_EVERY = 1 << 14; // events between two looks at all books

    private final OfferedRequests requests;
    private final Trace trace;
    private final RunSettings settings;
    private final Prefixes prefixes;
    private final long signalAgeMicros;
    private final Clock clock = new Clock();
    private final RunLog log;
    private final Replica[] replicas;
    private final RouterProcess[] processes;
    private final byte[] processOf;
    private final @Nullable SimulatedCall[] calls;
    private long reportedAt = Long.MIN_VALUE / 2;
    private int ended;
    private int decisions;

    RoutingSimulation(
            OfferedRequests requests,
            Prefixes prefixes,
            long signalAgeMicros,
            RunSettings settings,
            PolicySpec policy,
            long seed) {
        this.requests = requests;
        this.trace = requests.trace();
        this.prefixes = prefixes;
        this.signalAgeMicros = signalAgeMicros;
        this.settings = settings;
        this.log = new RunLog(trace.size());
        this.calls = new SimulatedCall[trace.size()];
        this.replicas = replicas(new SplittableRandom(Streams.NOISE.seed(seed)));
        SplittableRandom chance = new SplittableRandom(Streams.ROUTING.seed(seed));
        this.processes = IntStream.range(0, settings.routers())
                .mapToObj(i -> new RouterProcess(settings, this::router, policy, clock::nanos, chance.nextLong()))
                .toArray(RouterProcess[]::new);
        this.processOf = new byte[trace.size()];
        SplittableRandom arrivals = new SplittableRandom(Streams.PROCESSES.seed(seed));
        for (int r = 0; r < processOf.length; r++) {
            processOf[r] = (byte) arrivals.nextInt(processes.length);
        }
        if (settings.measuring() != Measuring.OFF) {
            log.decisionNanos = new long[trace.size()];
        }
    }

    private RequestRouter router(String name) {
        return name.equals(PolicySpec.ORACLE)
                ? new OracleRouter(trace, settings, clock)
                : settings.sources().create(name);
    }

    private Replica[] replicas(SplittableRandom noise) {
        return settings.fleet().replicas().stream()
                .map(kind -> new Replica(settings.engine(), kind, trace, log.states, clock, noise.split(), this))
                .toArray(Replica[]::new);
    }

    /** Runs until every request has ended; {@link IllegalStateException} says which invariant did not hold. */
    RunLog run() {
        for (int r = 0; r < trace.size(); r++) {
            if (trace.arrival(r) != Trace.AFTER_ANSWER) {
                int request = r;
                clock.at(trace.arrival(r), () -> arrive(request));
            }
        }
        settings.fleet().events().forEach(event -> clock.at(event.atMicros(), () -> happen(event)));
        if (!reportsAtDecisions()) {
            report();
        }
        for (int events = 1; ended < trace.size(); events++) {
            step();
            if (events % CHECK_EVERY == 0) {
                check();
            }
        }
        check();
        for (RouterProcess process : processes) {
            process.check();
        }
        log.decisionNanos = Arrays.copyOf(log.decisionNanos, Math.min(decisions, log.decisionNanos.length));
        log.busyMicros = Arrays.stream(replicas).mapToLong(Replica::busyMicros).toArray();
        log.preemptions =
                Arrays.stream(replicas).mapToLong(Replica::preemptions).sum();
        log.failure = Arrays.stream(processes)
                .flatMap(process -> process.failure().stream())
                .findFirst();
        return log;
    }

    private void check() {
        for (Replica replica : replicas) {
            replica.check();
        }
    }

    private void step() {
        OptionalLong event = clock.next();
        long next = event.isPresent() ? event.getAsLong() : Long.MAX_VALUE;
        for (RouterProcess process : processes) {
            OptionalLong wakeup = process.router().nextWakeup();
            if (wakeup.isPresent()) {
                next = Math.min(next, Math.ceilDiv(wakeup.getAsLong(), NANOS_PER_MICRO));
            }
        }
        if (next == Long.MAX_VALUE) {
            throw new IllegalStateException(
                    "nothing is left to happen with " + (trace.size() - ended) + " requests that have not ended");
        }
        clock.advance(Math.max(next, clock.micros()));
        for (RouterProcess process : processes) {
            OptionalLong wakeup = process.router().nextWakeup();
            if (wakeup.isPresent() && wakeup.getAsLong() <= clock.nanos()) {
                process.router().advance();
            }
        }
    }

    private void happen(Fleet.Event event) {
        Replica replica = replicas[event.replica()];
        switch (event.kind()) {
            case SPEED -> replica.slowTo(event.factor());
            case CRASH -> {
                replica.crash();
                for (RouterProcess process : processes) {
                    process.remove(event.replica());
                }
            }
            case RECOVER -> {
                replica.recover();
                for (RouterProcess process : processes) {
                    process.add(event.replica());
                }
            }
        }
    }

    private boolean reportsAtDecisions() {
        return settings.engine().conduct().reportsAtDecisions() || signalAgeMicros == 0;
    }

    private void report() {
        reportedAt = clock.micros();
        for (int i = 0; i < replicas.length; i++) {
            Replica replica = replicas[i];
            LoadReport report = new LoadReport(replica.waiting(), replica.running(), replica.usage(), 0);
            for (RouterProcess process : processes) {
                if (replica.isUp()) {
                    process.router().signals().reported(process.id(i), report);
                    if (settings.engine().limits().adapters() > 0) {
                        process.router().signals().modelsLoaded(process.id(i), replica.adapters());
                    }
                }
            }
        }
        if (!reportsAtDecisions()) {
            clock.at(clock.micros() + signalAgeMicros, this::report);
        }
    }

    private void arrive(int request) {
        log.states.arrived[request] = clock.micros();
        if (reportsAtDecisions() && clock.micros() - reportedAt >= signalAgeMicros) {
            report();
        }
        SimulatedCall call = new SimulatedCall(request);
        calls[request] = call;
        Decision decision = settings.measuring() == Measuring.OFF ? route(call) : measured(call);
        switch (decision) {
            case Decision.Routed routed -> send(call, routed.lease());
            case Decision.Waiting waiting -> {}
            case Decision.Refused refused -> end(request, Ending.REFUSED);
        }
    }

    private Decision route(SimulatedCall call) {
        return processes[processOf[call.number]].router().route(call);
    }

    private Decision measured(SimulatedCall call) {
        long bytes = Allocation.bytes();
        long start = System.nanoTime();
        Decision decision = route(call);
        call.decisionNanos = System.nanoTime() - start;
        log.allocatedBytes += Allocation.bytes() - bytes;
        log.decisionNanos[decisions++] = call.decisionNanos;
        return decision;
    }

    private void send(SimulatedCall call, Lease lease) {
        int request = call.number;
        call.lease = lease;
        long now = clock.micros();
        if (log.granted[request] < 0) {
            log.granted[request] = now;
        }
        int replica = processes[processOf[request]].replica(lease.endpoint());
        log.states.decided[request] = now;
        log.states.replica[request] = replica;
        long charged = settings.measuring() == Measuring.CHARGED ? call.decisionNanos / NANOS_PER_MICRO : 0;
        clock.at(now + charged + settings.engine().apiUs(), () -> replicas[replica].enqueue(request));
    }

    @Override
    public void firstToken(int request) {
        SimulatedCall call = call(request);
        call.lease().firstToken();
        ((PoolLease) call.lease()).cachedTokens(log.states.cachedTokens[request]);
    }

    @Override
    public void completed(int request) {
        end(request, Ending.DONE);
        Usage usage = new Usage(trace.input(request), trace.output(request));
        long runNanos = (log.states.done[request] - log.states.enqueued[request]) * NANOS_PER_MICRO;
        call(request).lease().complete(new Outcome.Completed(usage, runNanos));
    }

    @Override
    public void lost(int request) {
        if (log.states.first[request] < 0) {
            log.states.restart(request);
            log.retries[request]++;
        }
        call(request).lease().died();
    }

    private SimulatedCall call(int request) {
        SimulatedCall call = calls[request];
        if (call == null) {
            throw new IllegalStateException("request " + request + " was never offered");
        }
        return call;
    }

    private void end(int request, Ending ending) {
        if (log.endings[request] != Ending.NONE) {
            throw new IllegalStateException(
                    "request " + request + " ended twice: " + log.endings[request] + " and " + ending);
        }
        log.endings[request] = ending;
        ended++;
        int next = trace.following(request);
        if (next == Trace.NONE || trace.arrival(next) != Trace.AFTER_ANSWER) {
            return;
        }
        if (ending == Ending.DONE) {
            clock.at(clock.micros() + trace.think(next), () -> arrive(next));
        } else {
            end(next, ending); // a conversation whose answer is missing does not go on
        }
    }

    /** Whether routers are shown the beginnings of prompts. */
    enum Prefixes {
        SHOWN,
        HIDDEN
    }

    private final class SimulatedCall extends Call {
        private final int number;
        private long decisionNanos;
        private @Nullable Lease lease;

        SimulatedCall(int number) {
            super(requests.request(number, prefixes == Prefixes.SHOWN));
            this.number = number;
        }

        @Override
        public RequestMetadata metadata() {
            return requests.metadata(number, number);
        }

        Lease lease() {
            if (lease == null) {
                throw new IllegalStateException("request " + number + " was never sent");
            }
            return lease;
        }

        @Override
        protected void granted(Lease granted) {
            send(this, granted);
        }

        @Override
        protected void ended(Outcome outcome) {
            if (outcome instanceof Outcome.Failed failed) {
                end(
                        number,
                        switch (failed.failure().kind()) {
                            case REJECTED_SATURATED, WOULD_MISS_DEADLINE -> Ending.REFUSED;
                            case REJECTED_TTL_EXPIRED, REJECTED_NO_ENDPOINTS, DEADLINE_EXCEEDED -> Ending.EXPIRED;
                            default -> Ending.FAILED;
                        });
            } else if (!(outcome instanceof Outcome.Completed)) {
                end(number, Ending.FAILED);
            }
        }
    }

    /** What this thread has allocated. */
    private static final class Allocation {
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        static long bytes() {
            return THREADS.getCurrentThreadAllocatedBytes();
        }
    }
}
