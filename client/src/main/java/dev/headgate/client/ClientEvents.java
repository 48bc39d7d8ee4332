package dev.headgate.client;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverListener;
import dev.headgate.core.request.CoolingCause;
import java.time.Duration;
import java.util.List;

/** Tells listeners in the client's words what the core tells. */
final class ClientEvents implements FailoverListener {
    private final List<ClientListener> listeners;

    ClientEvents(List<ClientListener> listeners) {
        this.listeners = listeners;
    }

    @Override
    public void attemptEnded(Attempt attempt, String outcome, long elapsedNanos) {
        for (ClientListener each : listeners) {
            each.attemptEnded(
                    attempt.backend().id().value(),
                    attempt.model(),
                    attempt.number(),
                    outcome,
                    Duration.ofNanos(elapsedNanos));
        }
    }

    @Override
    public void failover(Attempt failed, Attempt next, String cause) {
        for (ClientListener each : listeners) {
            each.failover(failed.backend().id().value(), next.backend().id().value(), cause);
        }
    }

    @Override
    public void cooling(
            String pool,
            String backend,
            String upstreamModel,
            CoolingCause cause,
            int status,
            long waitMillis,
            String source) {
        for (ClientListener each : listeners) {
            each.cooling(backend, upstreamModel, cause, status, Duration.ofMillis(waitMillis), source);
        }
    }

    @Override
    public void available(String pool, String backend, String upstreamModel) {
        for (ClientListener each : listeners) {
            each.available(backend, upstreamModel);
        }
    }

    @Override
    public void noBackendAvailable(String model, long soonestMillis) {
        for (ClientListener each : listeners) {
            each.noBackendAvailable(model, Duration.ofMillis(soonestMillis));
        }
    }

    @Override
    public void recovering(Attempt broken, Attempt next) {
        for (ClientListener each : listeners) {
            each.recovering(broken.backend().id().value(), next.backend().id().value());
        }
    }

    void sentOnce(String target) {
        for (ClientListener each : listeners) {
            each.sentOnce(target);
        }
    }

    void tokenMissed(String reason) {
        for (ClientListener each : listeners) {
            each.tokenMissed(reason);
        }
    }
}
