package dev.headgate.lab.bench;

import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.DispatchSettings;
import dev.headgate.core.route.PlacedLease;
import dev.headgate.core.route.PlacingRouter;
import dev.headgate.core.route.RouterListener;
import dev.headgate.core.route.WorkerOffer;
import dev.headgate.core.route.WorkerPort;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A placing router under a steady load: as many tasks wait after each step as before it.
 *
 * <p>Time passes by a fixed amount per step; the workers' answers come in the order of their orders.
 */
final class PlacingLoad {
    private static final long STEP_NANOS = 500_000;
    private static final long RUN_NANOS = 40_000_000;
    private static final long LOAD_NANOS = 400_000_000;
    private static final int STEPS_PER_LOAD = 10;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Queue<PlacedLease> running = new ArrayDeque<>();
    private final Queue<Load> loading = new ArrayDeque<>();
    private final PlacingRouter router;
    private final int labels;
    private final int waiting;
    private long nowNanos;
    private int steps;

    /** Starts {@code workers} workers of {@code capacity} labels and lets {@code waiting} tasks come. */
    PlacingLoad(int workers, int capacity, int labels, int waiting, boolean overlap) {
        this.labels = labels;
        this.waiting = waiting;
        router = new PlacingRouter(
                DispatchSettings.DEFAULTS.withAdmission(new AdmissionLimits(1 << 24, 1 << 24, 1L << 40, 1)),
                "late",
                PlacementSettings.DEFAULTS.withOverlap(overlap),
                () -> nowNanos,
                random.split(),
                new Workers(),
                RouterListener.NONE);
        for (int i = 0; i < workers; i++) {
            router.workerJoined(new WorkerOffer(
                    new EndpointId("worker-" + i),
                    "process",
                    "none",
                    new WorkerCapacity(1, 1, capacity, 0),
                    Set.of(),
                    true,
                    Set.of("run"),
                    Set.of(),
                    Map.of(),
                    List.of()));
        }
        while (!loading.isEmpty() || router.waiting() < waiting) {
            if (router.waiting() < waiting) {
                arrive();
            }
            endLoad();
        }
        for (int i = 0; i < 20 * workers; i++) {
            step();
        }
    }

    /** Ends one task and lets another come; one load in ten steps ends too. */
    void step() {
        nowNanos += STEP_NANOS;
        if (++steps % STEPS_PER_LOAD == 0) {
            endLoad();
        }
        PlacedLease done = running.poll();
        if (done != null) {
            router.taskEnded(done.endpoint(), done.key(), Outcome.COMPLETED, RUN_NANOS);
        }
        if (router.waiting() <= waiting) {
            arrive();
        }
    }

    /** Returns how many tasks wait. */
    int waiting() {
        return router.waiting();
    }

    private void arrive() {
        double skew = random.nextDouble();
        router.route(new BenchCall("label-" + (int) (skew * skew * labels)));
    }

    private void endLoad() {
        Load done = loading.poll();
        if (done != null) {
            router.modelReady(done.worker, done.label, LOAD_NANOS, 1);
        }
    }

    private record Load(EndpointId worker, String label) {}

    private final class Workers implements WorkerPort {
        @Override
        public void assign(PlacedLease lease) {
            running.add(lease);
        }

        @Override
        public void load(EndpointId worker, String label, List<String> evicted) {
            loading.add(new Load(worker, label));
        }

        @Override
        public void cancel(PlacedLease lease, String reason) {}

        @Override
        public void drain(EndpointId worker) {}

        @Override
        public void disconnect(EndpointId worker, String reason) {}
    }
}
