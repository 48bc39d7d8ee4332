package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.testing.FakeTicker;
import dev.headgate.core.time.Deadline;
import dev.headgate.core.time.Wakeups;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One generated history of a dispatcher: arrivals, answers, losses, returns, cancels, deadlines, failed loads and drains.
 *
 * <p>The workers answer after drawn times unless a fault strikes. {@link #run} checks the laws on the way and at the end
 * and returns all that was decided, so that two runs of a seed can be compared.
 */
final class FaultHistory {
    private static final long MILLI = 1_000_000;
    private static final long FAULTS_END = 30_000 * MILLI;
    private static final int ARRIVALS = 120;

    private final SplittableRandom random;
    private final FakeTicker ticker = FakeTicker.at(Long.MAX_VALUE - 10_000 * MILLI); // wraps on the way
    private final Wakeups world = new Wakeups();
    private final FakeWorkers workers = new FakeWorkers();
    private final List<FakeCall> calls = new ArrayList<>();
    private final Set<LeaseKey> everAssigned = new HashSet<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final List<String> labels = new ArrayList<>();
    private final List<WorkerOffer> offers = new ArrayList<>();
    private final long originNanos = ticker.nanos();
    private final boolean hasFaults;
    private final PlacingRouter router;
    private int mostOvertaken;
    private int instances;

    FaultHistory(long seed, String policy, boolean overlap, boolean hasFaults, int ageBound) {
        this.random = new SplittableRandom(seed);
        this.hasFaults = hasFaults;
        PlacementSettings d = PlacementSettings.DEFAULTS;
        DispatchSettings settings = DispatchSettings.DEFAULTS
                .withAdmission(new AdmissionLimits(40, 25, 4_000, 0.5))
                .withTenantWeights(Map.of("t1", 2.0));
        router = new PlacingRouter(
                hasFaults ? settings : DispatchSettings.DEFAULTS,
                policy,
                new PlacementSettings(overlap, ageBound, d.popularityWindow(), d.horizon(), d.tieBand(), d.rent()),
                ticker,
                random.split(),
                workers,
                new Watcher());
    }

    /** Plays the history to its end and returns what the router said, and how each call ended. */
    List<String> run() {
        drawFleet();
        offers.forEach(offer -> world.at(ticker.nanos() + random.nextInt(2000) * MILLI, () -> start(offer)));
        for (int i = 0; i < ARRIVALS; i++) {
            world.at(originNanos + 500 * MILLI + random.nextInt(hasFaults ? 30_000 : 4_000) * MILLI, this::arrive);
        }
        if (hasFaults) {
            for (int i = 0; i < 25; i++) {
                world.at(originNanos + random.nextInt(30_000) * MILLI, this::strike);
            }
            world.at(originNanos + FAULTS_END, this::repair);
        }
        playUntil(originNanos + 2_000_000 * MILLI);
        checkTheEnd();
        List<String> story = new ArrayList<>(workers.log());
        calls.forEach(call ->
                story.add(call.request().id() + " " + call.attempts() + " " + call.failure() + call.outcomes.size()));
        return story;
    }

    PlacingRouter router() {
        return router;
    }

    /** Runs {@code event} in the history's world, {@code millis} from now. */
    void after(int millis, Runnable event) {
        world.at(ticker.nanos() + millis * MILLI, event);
    }

    /** Returns how often a task was overtaken while it was first in order. */
    int mostOvertaken() {
        return mostOvertaken;
    }

    int runSlots() {
        return offers.stream().mapToInt(offer -> offer.capacity().runSlots()).sum();
    }

    // The world

    private void drawFleet() {
        int labelCount = 2 + random.nextInt(6);
        for (int i = 0; i < labelCount; i++) {
            labels.add("m" + i);
            sizes.put("m" + i, 100L + random.nextInt(100));
        }
        int workerCount = 1 + random.nextInt(4);
        for (int i = 0; i < workerCount; i++) {
            boolean anyLabel = !hasFaults || i == 0 || random.nextBoolean();
            Set<String> known = new HashSet<>();
            labels.stream().filter(label -> random.nextBoolean()).forEach(known::add);
            WorkerCapacity capacity = new WorkerCapacity(
                    1 + random.nextInt(3),
                    1 + random.nextInt(2),
                    1 + random.nextInt(3),
                    random.nextBoolean() ? 0 : 200 + random.nextInt(400));
            offers.add(new WorkerOffer(
                    new EndpointId("w" + i),
                    "i" + instances++,
                    "fake",
                    capacity,
                    anyLabel ? Set.of() : known,
                    anyLabel,
                    Set.of("run"),
                    Set.of(),
                    sizes,
                    List.of()));
        }
    }

    private void start(WorkerOffer offer) {
        FakeWorkers.Side side = workers.start(offer);
        connect(side, offer);
        heartbeat(side);
    }

    private void connect(FakeWorkers.Side side, WorkerOffer offer) {
        side.assigned = lease -> answerLater(side, lease);
        side.cancelled = lease -> after(20, () -> answer(side, lease, Outcome.CANCELLED));
        side.loadOrdered = label -> after(200 + random.nextInt(100), () -> endLoad(side, label));
        router.workerJoined(offer);
    }

    private void heartbeat(FakeWorkers.Side side) {
        after(1000, () -> {
            if (isCurrent(side) && !side.hung) {
                router.workerHeard(side.offer.id());
            }
            if (isCurrent(side) || side.away) {
                heartbeat(side);
            }
        });
    }

    private boolean isCurrent(FakeWorkers.Side side) {
        return side.connected && workers.side(side.offer.id()) == side;
    }

    private void answerLater(FakeWorkers.Side side, PlacedLease lease) {
        assertThat(lease.isCompleted()).isFalse();
        everAssigned.add(lease.key());
        EndpointId id = side.offer.id();
        int chance = hasFaults ? random.nextInt(40) : 40;
        if (chance == 0) {
            after(1, () -> refuse(side, lease));
            return;
        }
        after(1, () -> {
            if (isCurrent(side) && !side.hung) {
                router.taskAccepted(id, lease.key());
            }
        });
        Outcome outcome =
                chance == 1 ? new Outcome.Failed(Failure.of(FailureKind.TASK_FAILED, "no")) : Outcome.COMPLETED;
        after(40 + random.nextInt(20), () -> answer(side, lease, outcome));
    }

    private void refuse(FakeWorkers.Side side, PlacedLease lease) {
        if (isCurrent(side) && !side.hung && side.running.remove(lease.key()) != null) {
            router.taskRejected(side.offer.id(), lease.key());
        }
    }

    private void answer(FakeWorkers.Side side, PlacedLease lease, Outcome outcome) {
        if (!isCurrent(side) || side.hung) {
            return; // the answer is lost with the connection; a worker that comes back is asked again
        }
        if (side.running.remove(lease.key()) != null) {
            router.taskEnded(side.offer.id(), lease.key(), outcome, 50 * MILLI);
            assertThat(router.taskEnded(side.offer.id(), lease.key(), Outcome.COMPLETED, 1))
                    .isNull();
        }
    }

    private void endLoad(FakeWorkers.Side side, String label) {
        if (!isCurrent(side) || side.hung || !side.loading.remove(label)) {
            return;
        }
        int chance = hasFaults ? random.nextInt(25) : 25;
        if (chance == 0) {
            router.modelFailed(side.offer.id(), label, "drawn");
        } else if (chance == 1) {
            router.modelFailedForGood(side.offer.id(), label, "drawn for good");
        } else {
            side.resident.add(label);
            router.modelReady(side.offer.id(), label, 250 * MILLI, sizes.getOrDefault(label, 0L));
        }
    }

    private void arrive() {
        InferenceRequest request = InferenceRequest.of(
                "r" + calls.size(), labels.get(Math.min(random.nextInt(labels.size()), random.nextInt(8))), "run");
        if (hasFaults) {
            request =
                    request.asTenant("t" + random.nextInt(3), random.nextInt(3)).withBodyBytes(random.nextInt(300));
            request = random.nextInt(4) == 0 ? request.onlyOnce() : request;
            request = random.nextInt(3) == 0
                    ? request.withDeadline(Deadline.after(ticker.nanos(), Duration.ofMillis(50 + random.nextInt(5000))))
                    : request;
        }
        FakeCall call = new FakeCall(request);
        calls.add(call);
        call.decision = router.route(call);
        if (hasFaults && random.nextInt(6) == 0) {
            after(random.nextInt(600), () -> router.cancel(call));
        }
    }

    private void strike() {
        WorkerOffer offer = offers.get(random.nextInt(offers.size()));
        FakeWorkers.Side side;
        try {
            side = workers.side(offer.id());
        } catch (IllegalStateException notStarted) {
            return;
        }
        switch (random.nextInt(6)) {
            case 0 -> {
                side.connected = false;
                router.workerLeft(offer.id());
                after(random.nextInt(4000), () -> restart(offer));
            }
            case 1 -> {
                if (side.connected) {
                    side.connected = false;
                    router.workerClosed(offer.id());
                    after(random.nextInt(4000), () -> restart(offer));
                }
            }
            case 2 -> {
                side.deaf = true;
                after(random.nextInt(100), () -> goAway(side));
            }
            case 3 -> side.hung = true;
            case 4 -> {
                if (isCurrent(side)) {
                    router.workerDrains(offer.id());
                    after(20_000, () -> restart(offer));
                }
            }
            default -> {
                if (isCurrent(side) && side.running.isEmpty() && !side.resident.isEmpty() && !side.hung) {
                    String label = side.resident.iterator().next();
                    side.resident.remove(label);
                    router.modelUnloaded(offer.id(), label);
                }
            }
        }
    }

    /** The connection closes; what was sent to it shortly before is lost. */
    private void goAway(FakeWorkers.Side side) {
        if (isCurrent(side) && !side.hung) {
            side.connected = false;
            side.away = true;
            router.workerClosed(side.offer.id());
            after(random.nextInt(3000), () -> comeBack(side));
        }
    }

    /** Another process takes the name, once the old one is gone. */
    private void restart(WorkerOffer offer) {
        FakeWorkers.Side old = workers.side(offer.id());
        if (isCurrent(old) && !old.hung) {
            old.connected = false;
            router.workerLeft(offer.id());
        }
        old.away = false;
        router.workerLeft(offer.id());
        start(withInstance(offer, "i" + instances++, Set.of(), List.of(), Set.of()));
    }

    /** The same process connects again; what it ran goes on, or was never begun. */
    private void comeBack(FakeWorkers.Side side) {
        if (!side.away || workers.side(side.offer.id()) != side) {
            return;
        }
        side.away = false;
        side.deaf = false;
        side.connected = true;
        List.copyOf(side.loading).stream().filter(label -> random.nextBoolean()).forEach(label -> {
            side.loading.remove(label);
            side.resident.add(label);
        });
        side.loading.removeIf(label -> random.nextBoolean()); // the load was given up
        Set<String> loading = Set.copyOf(side.loading);
        WorkerOffer offer = withInstance(
                side.offer,
                side.offer.instance(),
                Set.copyOf(side.resident),
                List.copyOf(side.running.keySet()),
                loading);
        List<PlacedLease> running = List.copyOf(side.running.values());
        side.isJoining = true;
        side.welcomed(router.workerJoined(offer));
        loading.forEach(label -> after(100, () -> endLoad(side, label)));
        running.forEach(lease -> after(30, () -> answer(side, lease, Outcome.COMPLETED)));
    }

    private static WorkerOffer withInstance(
            WorkerOffer offer, String instance, Set<String> resident, List<LeaseKey> running, Set<String> loading) {
        return new WorkerOffer(
                offer.id(),
                instance,
                offer.engine(),
                offer.capacity(),
                offer.labels(),
                offer.anyLabel(),
                offer.taskTypes(),
                resident,
                offer.sizes(),
                running,
                loading);
    }

    /** From here on every worker is up and answers. */
    private void repair() {
        offers.forEach(this::restart);
    }

    private void playUntil(long endNanos) {
        while (true) {
            OptionalLong event = world.next();
            OptionalLong wakeup = router.nextWakeup();
            long next = endNanos;
            if (event.isPresent() && event.getAsLong() - next < 0) {
                next = event.getAsLong();
            }
            if (wakeup.isPresent() && wakeup.getAsLong() - next < 0) {
                next = wakeup.getAsLong();
            }
            if (next - ticker.nanos() > 0) {
                ticker.set(next);
            }
            if (ticker.nanos() - endNanos >= 0 || (calls.size() == ARRIVALS && isOver())) {
                return;
            }
            world.advance(ticker.nanos());
            if (wakeup.isPresent() && wakeup.getAsLong() - ticker.nanos() <= 0) {
                router.advance();
            }
        }
    }

    private boolean isOver() {
        return ticker.nanos() - originNanos > FAULTS_END + 60_000 * MILLI
                && calls.stream().allMatch(FakeCall::isOver);
    }

    // The laws

    private void checkTheEnd() {
        for (FakeCall call : calls) {
            boolean refused = call.decision instanceof Decision.Refused;
            assertThat(call.outcomes)
                    .as(call.request().id() + " " + call.decision)
                    .hasSize(refused ? 0 : 1);
            assertThat(call.attempts()).isBetween(0, DispatchSettings.DEFAULTS.attempts());
            assertThat(call.granted).doesNotHaveDuplicates();
        }
        DispatchState state = router.state();
        assertThat(router.isIdle()).isTrue();
        assertThat(state.room.size()).isZero();
        assertThat(state.room.bytes()).isZero();
        assertThat(state.room.waitingLabels()).isEmpty();
        assertThat(state.callbacks).isEmpty();
        for (WorkerLink link : state.links.values()) {
            assertThat(link.leases).isEmpty();
            assertThat(link.boundWhileLoading).isEmpty();
            assertThat(link.state.running()).isZero();
            FakeWorkers.Side side = workers.side(link.state.id());
            assertThat(side.running).isEmpty();
            assertThat(link.state.copies().stream()
                            .filter(dev.headgate.core.place.Copy::isReady)
                            .map(copy -> copy.model().label()))
                    .containsExactlyInAnyOrderElementsOf(side.resident);
        }
        // One watch per worker, one rest per failed load, and a timer of the policy.
        assertThat(state.wakeups.size()).isLessThan(3 * offers.size() + 60);
    }

    private final class Watcher implements RouterListener {
        @Override
        public void assigned(PlacedLease lease) {
            assertThat(lease.ticket().state()).isEqualTo(dev.headgate.core.admit.Ticket.State.GRANTED);
            assertThat(((FakeCall) lease.call()).outcomes).isEmpty();
            assertThat(lease.call().hasEnded).isFalse();
            mostOvertaken = Math.max(mostOvertaken, lease.ticket().overtaken());
        }

        @Override
        public void ended(dev.headgate.core.route.Call call, Outcome outcome) {
            mostOvertaken = Math.max(mostOvertaken, call.ticket == null ? 0 : call.ticket.overtaken());
        }
    }
}
