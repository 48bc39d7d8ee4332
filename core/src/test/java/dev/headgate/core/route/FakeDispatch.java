package dev.headgate.core.route;

import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A router with fake workers, told step by step what happens. Worker {@code w1} is meant by {@code "w1"}. */
final class FakeDispatch {
    static final WorkerCapacity TWO_LABELS = new WorkerCapacity(1, 1, 2, 0);

    final FakeTicker ticker = FakeTicker.at(0);
    final FakeWorkers workers = new FakeWorkers();
    final List<String> events = new ArrayList<>();
    final PlacingRouter router;
    private int calls;

    FakeDispatch(String policy, PlacementSettings placement, DispatchSettings settings) {
        router = new PlacingRouter(settings, policy, placement, ticker, new SplittableRandom(1), workers, new Events());
    }

    static FakeDispatch late() {
        return new FakeDispatch("late", PlacementSettings.DEFAULTS.withOverlap(false), DispatchSettings.DEFAULTS);
    }

    static FakeDispatch lateWithOverlap() {
        return new FakeDispatch("late", PlacementSettings.DEFAULTS, DispatchSettings.DEFAULTS);
    }

    static FakeDispatch with(DispatchSettings settings) {
        return new FakeDispatch("late", PlacementSettings.DEFAULTS.withOverlap(false), settings);
    }

    // What workers do

    Joined join(String worker, String... resident) {
        return join(offer(worker, "first", TWO_LABELS, Set.of(resident)));
    }

    Joined join(WorkerOffer offer) {
        workers.start(offer);
        return router.workerJoined(offer);
    }

    static WorkerOffer offer(String worker, String instance, WorkerCapacity capacity, Set<String> resident) {
        return new WorkerOffer(
                new EndpointId(worker),
                instance,
                "fake",
                capacity,
                Set.of(),
                true,
                Set.of("run"),
                resident,
                Map.of(),
                List.of());
    }

    /** The worker says that the load it was told to make is done. */
    void ready(String worker, String label, int millis) {
        FakeWorkers.Side side = workers.side(new EndpointId(worker));
        side.loading.remove(label);
        side.resident.add(label);
        router.modelReady(
                new EndpointId(worker), label, Duration.ofMillis(millis).toNanos(), 0);
    }

    void loadFailed(String worker, String label) {
        workers.side(new EndpointId(worker)).loading.remove(label);
        router.modelFailed(new EndpointId(worker), label, "file is broken");
    }

    /** The worker ends the only task that it runs, after {@code millis}. */
    @Nullable
    PlacedLease finish(String worker, int millis) {
        return answer(worker, Outcome.COMPLETED, millis);
    }

    @Nullable
    PlacedLease answer(String worker, Outcome outcome, int millis) {
        FakeWorkers.Side side = workers.side(new EndpointId(worker));
        LeaseKey key = side.running.keySet().iterator().next();
        side.running.remove(key);
        return router.taskEnded(
                new EndpointId(worker), key, outcome, Duration.ofMillis(millis).toNanos());
    }

    void accept(String worker) {
        EndpointId id = new EndpointId(worker);
        workers.side(id).running.keySet().forEach(key -> router.taskAccepted(id, key));
    }

    void close(String worker) {
        workers.side(new EndpointId(worker)).connected = false;
        router.workerClosed(new EndpointId(worker));
    }

    void heard(String... names) {
        for (String worker : names) {
            router.workerHeard(new EndpointId(worker));
        }
    }

    /** Teaches what a label costs: one load and one run on {@code worker}, which must be idle. */
    void teach(String worker, String label, int loadMillis, int runMillis) {
        call(label);
        if (workers.said().stream().anyMatch(command -> command.startsWith("load"))) {
            ready(worker, label, loadMillis);
        }
        finish(worker, runMillis);
        workers.said();
    }

    // What callers do

    FakeCall call(String label) {
        return route(InferenceRequest.of(label + "-" + ++calls, label, "run"));
    }

    FakeCall route(InferenceRequest request) {
        FakeCall call = new FakeCall(request);
        call.decision = router.route(call);
        return call;
    }

    // Time

    /** Lets time pass, waking the router whenever it asked for it. */
    void pass(Duration time) {
        long until = ticker.nanos() + time.toNanos();
        for (OptionalLong next = router.nextWakeup();
                next.isPresent() && next.getAsLong() <= until;
                next = router.nextWakeup()) {
            ticker.set(Math.max(ticker.nanos(), next.getAsLong()));
            router.advance();
        }
        ticker.set(until);
        router.advance();
    }

    /** Lets time pass while {@code names} send heartbeats. */
    void passWithHeartbeats(Duration time, String... names) {
        Duration left = time;
        while (!left.isZero()) {
            Duration step = left.compareTo(Duration.ofSeconds(1)) < 0 ? left : Duration.ofSeconds(1);
            pass(step);
            heard(names);
            left = left.minus(step);
        }
    }

    private final class Events implements RouterListener {
        @Override
        public void workerJoined(EndpointId worker, boolean resumed) {
            events.add((resumed ? "resumed " : "joined ") + worker);
        }

        @Override
        public void workerSuspect(EndpointId worker) {
            events.add("suspect " + worker);
        }

        @Override
        public void workerLost(EndpointId worker, String reason, int tasks) {
            events.add("lost " + worker + " with " + tasks + ": " + reason);
        }

        @Override
        public void loading(EndpointId worker, String label, String cause) {
            events.add("loading " + worker + " " + label + " " + cause);
        }

        @Override
        public void staleAnswer(EndpointId worker, LeaseKey key) {
            events.add("stale " + worker);
        }
    }
}
