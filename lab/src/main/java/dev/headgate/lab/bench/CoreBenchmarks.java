package dev.headgate.lab.bench;

import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.Decision;
import dev.headgate.core.route.PoolEndpoint;
import dev.headgate.core.route.PoolRouter;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterListener;
import dev.headgate.core.time.Wakeups;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What one decision of the core costs. Each method is one operation of a router in a steady state. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CoreBenchmarks {
    /** Routes over 16 endpoints that have room, and completes. */
    @Benchmark
    public boolean pickOf16(Endpoints16 endpoints) {
        return endpoints.routeAndComplete();
    }

    /** Routes over 1,000 endpoints that have room, and completes. */
    @Benchmark
    public boolean pickOf1000(Endpoints1000 endpoints) {
        return endpoints.routeAndComplete();
    }

    /** Sets a wakeup among 1,000 others and takes it back, as a deadline is. */
    @Benchmark
    public void wakeupSetAndCancelled(ThousandWakeups wakeups) {
        wakeups.setAndCancel();
    }

    /** Places a task on 16 workers that hold its model, and ends it. */
    @Benchmark
    public void placeOn16(SixteenWorkers workers) {
        workers.load.step();
    }

    /** One step, two decisions, of 64 workers of 16 labels with 10,000 tasks for 1,000 labels waiting. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public void decideWith10000Waiting(SixtyFourWorkers workers) {
        workers.load.step();
    }

    /** The same with workers that load while they run, so that far more loads are weighed. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public void decideWith10000WaitingAndOverlap(SixtyFourWorkersWithOverlap workers) {
        workers.load.step();
    }

    abstract static class Endpoints {
        private final BenchCall call = new BenchCall("m");
        private final PoolRouter router;

        Endpoints(int count) {
            RequestRouter leastInFlight = (candidates, request, ranks) -> {
                int best = 0;
                for (int i = 1; i < candidates.size(); i++) {
                    if (candidates.inFlight(i) < candidates.inFlight(best)) {
                        best = i;
                    }
                }
                ranks.add(best);
            };
            router = new PoolRouter(
                    PoolSettings.DEFAULTS,
                    "least-in-flight",
                    leastInFlight,
                    leastInFlight,
                    System::nanoTime,
                    EndpointPort.NONE,
                    RouterListener.NONE);
            router.endpointsChanged(IntStream.range(0, count)
                    .mapToObj(i -> PoolEndpoint.of("endpoint-" + i, 100))
                    .toList());
        }

        final boolean routeAndComplete() {
            return router.route(call) instanceof Decision.Routed routed
                    && routed.lease().complete(Outcome.COMPLETED);
        }
    }

    /** Sixteen endpoints that serve any model. */
    @State(Scope.Thread)
    public static class Endpoints16 extends Endpoints {
        /** Creates them. */
        public Endpoints16() {
            super(16);
        }
    }

    /** A thousand endpoints that serve any model. */
    @State(Scope.Thread)
    public static class Endpoints1000 extends Endpoints {
        /** Creates them. */
        public Endpoints1000() {
            super(1000);
        }
    }

    /** A thousand wakeups that never come due. */
    @State(Scope.Thread)
    public static class ThousandWakeups {
        private final SplittableRandom random = new SplittableRandom(1);
        private final Wakeups wakeups = new Wakeups();

        /** Sets them. */
        public ThousandWakeups() {
            for (int i = 0; i < 1000; i++) {
                wakeups.at(random.nextInt(1 << 30), () -> {});
            }
        }

        void setAndCancel() {
            wakeups.at(random.nextInt(1 << 30), () -> {}).cancel();
        }
    }

    /** Sixteen workers that hold all models; nobody waits. */
    @State(Scope.Thread)
    public static class SixteenWorkers {
        private final PlacingLoad load = new PlacingLoad(16, 8, 8, 0, false);
    }

    /** Sixty-four workers under a deep queue. */
    @State(Scope.Thread)
    public static class SixtyFourWorkers {
        private final PlacingLoad load = new PlacingLoad(64, 16, 1000, 10_000, false);
    }

    /** Sixty-four workers under a deep queue that load while they run. */
    @State(Scope.Thread)
    public static class SixtyFourWorkersWithOverlap {
        private final PlacingLoad load = new PlacingLoad(64, 16, 1000, 10_000, true);
    }
}
