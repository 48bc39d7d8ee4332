package dev.headgate.lab.dispatch;

import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.Decision;
import dev.headgate.core.route.DispatchSettings;
import dev.headgate.core.route.Lease;
import dev.headgate.core.route.PlacedLease;
import dev.headgate.core.route.PlacingRouter;
import dev.headgate.core.route.RouterListener;
import dev.headgate.core.route.WorkerOffer;
import dev.headgate.core.route.WorkerPort;
import dev.headgate.core.time.Wakeups;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A dispatcher in simulated time: the production router, simulated workers, producers or Poisson arrivals.
 *
 * <p>Labels, pauses, runs, loads and the policy draw from generators of their own, and a request's run cost is drawn when
 * it is created, so that all policies see the same requests under the same seed.
 */
public final class DispatchSimulation {
    private static final String TASK = "sleep";
    private static final double NANOS = 1e9;

    private final DispatchWorkload workload;
    private final DispatchReport.Config config;
    private final RunRecorder recorder = new RunRecorder();
    private final Wakeups events = new Wakeups();
    private final RandomGenerator pauses;
    private final RandomGenerator runs;
    private final RandomGenerator loads;
    private final LabelSequence labels;
    private final double[] runMeans;
    private final double[] loadMeans;
    private final PlacingRouter router;
    private final int[] processes; // by worker number, counts its restarts
    private long nowNanos;
    private int sent;

    private DispatchSimulation(DispatchWorkload workload, String policy, PlacementSettings settings, long seed) {
        SplittableRandom root = new SplittableRandom(seed);
        this.workload = workload;
        this.processes = new int[workload.workers()];
        this.config = new DispatchReport.Config(policy, seed, "virtual", workload);
        this.labels = new LabelSequence(workload, root.split());
        this.pauses = root.split();
        this.runs = root.split();
        this.loads = root.split();
        this.runMeans = workload.runCost().meansFor(workload.labels(), root.split());
        this.loadMeans = workload.loadCost().meansFor(workload.labels(), root.split());
        this.router = new PlacingRouter(
                patient(), policy, settings, () -> nowNanos, root.split(), new SimulatedWorkers(), new Misses());
    }

    /** Runs {@code workload} under {@code policy} and returns what came out. */
    public static DispatchReport run(DispatchWorkload workload, String policy, PlacementSettings settings, long seed) {
        return new DispatchSimulation(workload, policy, settings.withOverlap(workload.overlap()), seed).run();
    }

    /** Simulated workers are never silent, and a collapsing policy is to be seen, not refused. */
    private static DispatchSettings patient() {
        Duration forever = Duration.ofDays(365);
        return new DispatchSettings(
                forever.dividedBy(2),
                forever,
                DispatchSettings.DEFAULTS.reconnectGrace(),
                forever,
                forever,
                DispatchSettings.DEFAULTS.attempts(),
                new AdmissionLimits(1 << 24, 1 << 24, 1L << 40, 1),
                Map.of());
    }

    private DispatchReport run() {
        for (int i = 0; i < workload.workers(); i++) {
            join(i);
        }
        workload.kills().forEach(kill -> events.at((long) (kill.atSeconds() * NANOS), () -> kill(kill)));
        if (workload.rate() > 0) {
            events.at(nextArrival(), this::arrive);
        } else {
            for (int i = 0; i < workload.producers(); i++) {
                events.at(nowNanos, this::produce);
            }
        }
        while (recorder.ended() < workload.requests()) {
            step();
        }
        return recorder.report(config, nowNanos / NANOS, workload.slots());
    }

    private void join(int worker) {
        boolean counted = workload.sizes().isEmpty();
        router.workerJoined(new WorkerOffer(
                id(worker),
                "process-" + processes[worker],
                "virtual",
                new WorkerCapacity(1, 1, counted ? workload.capacity() : 0, counted ? 0 : workload.memory()),
                Set.of(),
                true,
                Set.of(TASK),
                Set.of(),
                counted ? Map.of() : sizesByLabel(),
                List.of()));
    }

    private Map<String, Long> sizesByLabel() {
        return IntStream.range(0, workload.labels())
                .boxed()
                .collect(Collectors.toMap(label -> "label-" + label, workload::sizeOf));
    }

    /** The worker's process ends; what it did is lost, and another process takes its place later. */
    private void kill(DispatchWorkload.Kill kill) {
        processes[kill.worker()]++;
        router.workerClosed(id(kill.worker()));
        events.at(nowNanos + (long) (kill.downSeconds() * NANOS), () -> join(kill.worker()));
    }

    private static EndpointId id(int worker) {
        return new EndpointId("worker-" + worker);
    }

    private void afterwards(EndpointId worker, long nanos, Runnable event) {
        int number = Integer.parseInt(worker.value().substring("worker-".length()));
        int process = processes[number];
        events.at(nowNanos + nanos, () -> {
            if (processes[number] == process) {
                event.run();
            }
        });
    }

    private void step() {
        OptionalLong event = events.next();
        OptionalLong wakeup = router.nextWakeup();
        if (event.isEmpty() && wakeup.isEmpty()) {
            throw new IllegalStateException("nothing left to happen with " + router.waiting() + " requests waiting");
        }
        nowNanos = Math.min(event.orElse(Long.MAX_VALUE), wakeup.orElse(Long.MAX_VALUE));
        events.advance(nowNanos);
        if (wakeup.isPresent() && wakeup.getAsLong() <= nowNanos) {
            router.advance();
        }
    }

    private long nextArrival() {
        return nowNanos + (long) (pauses.nextExponential() / workload.rate() * NANOS);
    }

    private void arrive() {
        send(() -> {});
        if (sent < workload.requests()) {
            events.at(nextArrival(), this::arrive);
        }
    }

    private void produce() {
        if (sent < workload.requests()) {
            send(() -> {
                double pause = workload.waitAvg() + workload.waitStddev() * pauses.nextGaussian();
                events.at(nowNanos + (long) (Math.max(workload.waitMin(), pause) * NANOS), this::produce);
            });
        }
    }

    private void send(Runnable afterwards) {
        int label = labels.next();
        sent++;
        recorder.arrived(label);
        double runSeconds = CostModel.drawRun(runMeans[label], runs);
        SimulatedCall call = new SimulatedCall(label, runSeconds, afterwards);
        if (router.route(call) instanceof Decision.Refused refused) {
            throw new IllegalStateException("refused: " + refused.failure());
        }
    }

    private static int labelNumber(String label) {
        return Integer.parseInt(label.substring("label-".length()));
    }

    private final class SimulatedCall extends Call {
        private final double runSeconds;
        private final long sentNanos = nowNanos;
        private final Runnable afterwards;
        private double runtimeSeconds;

        private SimulatedCall(int label, double runSeconds, Runnable afterwards) {
            super(InferenceRequest.of("r" + sent, "label-" + label, TASK));
            this.runSeconds = runSeconds;
            this.afterwards = afterwards;
        }

        @Override
        protected void granted(Lease lease) {}

        @Override
        protected void ended(Outcome outcome) {
            if (outcome instanceof Outcome.Completed) {
                recorder.completed((nowNanos - sentNanos) / NANOS, runtimeSeconds, attempts());
            } else {
                recorder.failed();
            }
            afterwards.run();
        }
    }

    /** Workers that load and run for the time that was drawn. */
    private final class SimulatedWorkers implements WorkerPort {
        @Override
        public void assign(PlacedLease lease) {
            SimulatedCall call = (SimulatedCall) lease.call();
            long runNanos = (long) (call.runSeconds * NANOS);
            call.runtimeSeconds = call.runSeconds + lease.loadNanos() / NANOS;
            afterwards(
                    lease.endpoint(),
                    runNanos,
                    () -> router.taskEnded(lease.endpoint(), lease.key(), Outcome.COMPLETED, runNanos));
        }

        @Override
        public void load(EndpointId worker, String label, List<String> evicted) {
            double seconds = CostModel.drawLoad(loadMeans[labelNumber(label)], loads);
            long nanos = (long) (seconds * NANOS);
            long size = workload.sizeOf(labelNumber(label));
            afterwards(worker, nanos, () -> router.modelReady(worker, label, nanos, size));
        }

        @Override
        public void cancel(PlacedLease lease, String reason) {
            throw new IllegalStateException("cancelled: " + reason);
        }

        @Override
        public void drain(EndpointId worker) {
            throw new IllegalStateException("drained: " + worker);
        }

        @Override
        public void disconnect(EndpointId worker, String reason) {} // killed before
    }

    private final class Misses implements RouterListener {
        @Override
        public void loading(EndpointId worker, String label, String cause) {
            recorder.missed(cause);
        }
    }
}
