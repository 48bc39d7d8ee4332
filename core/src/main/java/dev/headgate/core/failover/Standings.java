package dev.headgate.core.failover;

import dev.headgate.core.failover.BackendStatus.ModelStatus;
import dev.headgate.core.failover.BackendStatus.State;
import dev.headgate.core.guard.Cooldown;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.OutlierDetector;
import dev.headgate.core.guard.OutlierMember;
import dev.headgate.core.request.CoolingCause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How backends stand, for those who look on. */
final class Standings {
    private static final long MILLI = 1_000_000;

    private Standings() {}

    /** Returns how the backend at {@code position} of {@code pool} stands. */
    static BackendStatus of(PoolState pool, int position, long nowNanos) {
        BackendState backend = pool.states[position];
        CooldownSettings settings = pool.settings.cooldown();
        State state = stateOf(backend.cooldown, nowNanos, settings);
        CoolingCause cause = backend.cooldown.cause(nowNanos);
        long wait = millis(backend.cooldown.remainingNanos(nowNanos));
        List<ModelStatus> models = models(backend, settings, nowNanos);
        for (ModelStatus model : models) {
            if (model.retryAfterMillis() > wait
                    || (model.retryAfterMillis() == wait && model.state().compareTo(state) > 0)) {
                state = model.state();
                cause = model.cause();
                wait = model.retryAfterMillis();
            }
        }
        OutlierDetector detector = pool.outlier;
        @Nullable
        OutlierMember outlier = detector == null
                ? null
                : detector.member(pool.backends.get(position).id());
        if (outlier != null && outlier.isEjected(nowNanos) && millis(outlier.remainingNanos(nowNanos)) > wait) {
            state = State.EJECTED;
            wait = millis(outlier.remainingNanos(nowNanos));
        }
        return new BackendStatus(
                pool.name,
                pool.backends.get(position),
                backend.isDrained ? State.DRAINED : state,
                cause,
                wait,
                backend.successes.sum(),
                backend.load.inFlight(),
                models);
    }

    private static List<ModelStatus> models(BackendState backend, CooldownSettings settings, long nowNanos) {
        List<ModelStatus> models = new ArrayList<>();
        backend.models.forEach((name, model) -> models.add(new ModelStatus(
                name,
                stateOf(model.cooldown, nowNanos, settings),
                model.cooldown.cause(nowNanos),
                millis(model.cooldown.remainingNanos(nowNanos)))));
        models.sort(Comparator.comparing(ModelStatus::model));
        return models;
    }

    private static State stateOf(Cooldown cooldown, long nowNanos, CooldownSettings settings) {
        return switch (cooldown.phase(nowNanos, settings)) {
            case AVAILABLE -> State.AVAILABLE;
            case RECOVERING -> State.RECOVERING;
            case HALF_OPEN -> State.HALF_OPEN;
            case COOLING -> State.COOLING;
        };
    }

    private static long millis(long nanos) {
        return (nanos + MILLI - 1) / MILLI;
    }
}
