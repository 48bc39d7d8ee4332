package dev.headgate.core.route;

import dev.headgate.core.admit.Admission;
import dev.headgate.core.admit.Ticket;
import dev.headgate.core.place.Copy;
import dev.headgate.core.place.Forecast;
import dev.headgate.core.place.Model;
import dev.headgate.core.place.WorkerState;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a {@link PlacingRouter} refuses before a request is queued, dispatch.md §5. */
final class Door {
    private static final Duration WHEN_WORKERS_MAY_BE_BACK = Duration.ofSeconds(5);
    private static final Duration LONGEST_HINT = Duration.ofSeconds(59); // some clients ignore 60 s and more
    private static final Duration SHORTEST_HINT = Duration.ofSeconds(1);

    private final DispatchState state;
    private final Admission admission;
    private long withoutWorkersSinceNanos;

    Door(DispatchState state) {
        this.state = state;
        this.admission = new Admission(state.settings.admission(), state.room);
        this.withoutWorkersSinceNanos = state.now();
    }

    /** The last worker left, or there was none yet. */
    void withoutWorkersSince(long nowNanos) {
        withoutWorkersSinceNanos = nowNanos;
    }

    /** Returns why {@code ticket} may not wait, null if it may. */
    @Nullable
    Failure refusal(Ticket ticket) {
        if (state.isDraining) {
            return Failure.retryAfter(FailureKind.NO_WORKERS, "the server is shutting down", WHEN_WORKERS_MAY_BE_BACK);
        }
        Failure unserved = unserved(ticket.request());
        if (unserved != null) {
            return unserved;
        }
        Optional<String> full = admission.refusal(ticket);
        if (full.isPresent()) {
            return Failure.retryAfter(FailureKind.QUEUE_FULL, full.get(), hint(ticket.request()));
        }
        return wouldMiss(ticket.request());
    }

    Failure noWorkers() {
        return Failure.retryAfter(FailureKind.NO_WORKERS, "no worker is connected", WHEN_WORKERS_MAY_BE_BACK);
    }

    Failure loadFailed(Model model) {
        return Failure.of(
                FailureKind.MODEL_LOAD_FAILED,
                "model " + model.label() + " failed to load: "
                        + model.failures().lastCause());
    }

    private @Nullable Failure unserved(InferenceRequest request) {
        if (state.links.isEmpty()) {
            boolean waitedEnough = state.now() - withoutWorkersSinceNanos
                    >= state.settings.noWorkerWait().toNanos();
            return waitedEnough ? noWorkers() : null;
        }
        Failure unservable = unservable(request);
        if (unservable != null) {
            return unservable;
        }
        Model model = state.fleet.knownModel(request.model());
        return model != null && isExcludedEverywhere(model) ? excluded(model) : null;
    }

    /** Returns why none of the connected workers could ever serve {@code request}, null if one could. */
    @Nullable
    Failure unservable(InferenceRequest request) {
        if (!state.fleet.knows(request.model())) {
            return unknown(request.model());
        }
        if (state.fleet.workers().stream()
                .noneMatch(worker -> worker.knows(request.model()) && worker.runs(request.taskType()))) {
            return Failure.of(
                    FailureKind.UNKNOWN_TASK_TYPE,
                    "no connected worker for model " + request.model() + " knows the task type " + request.taskType());
        }
        Model model = state.fleet.knownModel(request.model());
        return model != null && fitsNowhere(model) ? tooLarge(model) : null;
    }

    /** Returns whether no worker that knows the model has the memory for it; waiting would be in vain. */
    private boolean fitsNowhere(Model model) {
        return model.copies().isEmpty() && state.fleet.workers().stream().noneMatch(worker -> worker.couldHold(model));
    }

    private static Failure tooLarge(Model model) {
        return Failure.of(
                FailureKind.MODEL_LOAD_FAILED,
                "model " + model.label() + " needs " + (model.sizeBytes() + 999_999) / 1_000_000
                        + " MB of memory, more than any connected worker has");
    }

    /** Returns why no connected worker can serve {@code label}: it never could be, or cannot be at the moment. */
    Failure unknown(String label) {
        return state.everOffered.contains(label)
                ? Failure.retryAfter(
                        FailureKind.MODEL_UNAVAILABLE,
                        "no connected worker can load model " + label,
                        WHEN_WORKERS_MAY_BE_BACK)
                : Failure.of(
                        FailureKind.UNKNOWN_LABEL,
                        "model " + label + " is unknown (GET /v1/models lists those that are known)");
    }

    /** Returns whether every worker that knows the model, or five of them, may not load it for a while. */
    boolean isExcludedEverywhere(Model model) {
        long now = state.now();
        if (!model.copies().isEmpty() || model.failures().excludedWorkers(now) == 0) {
            return false;
        }
        boolean anyLeft = false;
        for (WorkerState worker : state.fleet.workers()) {
            anyLeft |= worker.knows(model.label()) && !model.failures().isExcluded(worker.id(), now);
        }
        return !anyLeft || model.failures().excludedWorkers(now) >= 5;
    }

    private Failure excluded(Model model) {
        Duration rest = Duration.ofNanos(model.failures().restNanos(state.now()));
        return Failure.retryAfter(
                FailureKind.MODEL_UNAVAILABLE,
                "model " + model.label() + " failed to load everywhere and is not tried at the moment: "
                        + model.failures().lastCause(),
                bounded(rest));
    }

    private @Nullable Failure wouldMiss(InferenceRequest request) {
        Model model = state.fleet.knownModel(request.model());
        if (model == null || !request.deadline().isSet() || state.links.isEmpty()) {
            return null;
        }
        if (isUnused(model)) {
            return null; // only a run can correct an estimate that is too long
        }
        double wait = Forecast.waitNanos(model, state.fleet, state.room, state.now());
        double left = request.deadline().remainingNanos(state.now());
        if (Double.isInfinite(wait) || wait + model.runNanos() <= left) {
            return null;
        }
        return Failure.retryAfter(
                FailureKind.WOULD_MISS_DEADLINE,
                "the predicted wait of " + millis(wait) + " and the run of " + millis(model.runNanos())
                        + " do not fit into the " + millis(left) + " left",
                bounded(Duration.ofNanos((long) wait)));
    }

    private boolean isUnused(Model model) {
        return state.room.waitingFor(model.label()) == 0
                && model.copies().stream().allMatch(Copy::isIdle);
    }

    private static String millis(double nanos) {
        return (long) Math.ceil(nanos / 1e6) + " ms";
    }

    private Duration hint(InferenceRequest request) {
        Model model = state.fleet.knownModel(request.model());
        double wait = model == null ? 0 : Forecast.waitNanos(model, state.fleet, state.room, state.now());
        return bounded(Duration.ofNanos((long) Math.min(wait, LONGEST_HINT.toNanos())));
    }

    private static Duration bounded(Duration wait) {
        if (wait.compareTo(SHORTEST_HINT) < 0) {
            return SHORTEST_HINT;
        }
        return wait.compareTo(LONGEST_HINT) > 0 ? LONGEST_HINT : wait;
    }
}
