package dev.headgate.client;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverListener;
import dev.headgate.core.request.CoolingCause;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Tells listeners in the client's words what the core tells. What one throws ends nothing but itself. */
final class ClientEvents implements FailoverListener {
    private static final System.Logger LOG = System.getLogger("dev.headgate.client");

    private final List<ClientListener> listeners;

    ClientEvents(List<ClientListener> listeners) {
        this.listeners = listeners;
    }

    @Override
    public void attemptEnded(Attempt attempt, String outcome, long elapsedNanos) {
        tell(each -> each.attemptEnded(
                attempt.backend().id().value(),
                attempt.model(),
                attempt.number(),
                outcome,
                Duration.ofNanos(elapsedNanos)));
    }

    @Override
    public void failover(Attempt failed, Attempt next, String cause) {
        tell(each ->
                each.failover(failed.backend().id().value(), next.backend().id().value(), cause));
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
        tell(each -> each.cooling(backend, upstreamModel, cause, status, Duration.ofMillis(waitMillis), source));
    }

    @Override
    public void available(String pool, String backend, String upstreamModel) {
        tell(each -> each.available(backend, upstreamModel));
    }

    @Override
    public void noBackendAvailable(String model, long soonestMillis) {
        tell(each -> each.noBackendAvailable(model, Duration.ofMillis(soonestMillis)));
    }

    @Override
    public void recovering(Attempt broken, Attempt next) {
        tell(each -> each.recovering(
                broken.backend().id().value(), next.backend().id().value()));
    }

    void sentOnce(String target) {
        tell(each -> each.sentOnce(target));
    }

    void tokenMissed(String reason) {
        tell(each -> each.tokenMissed(reason));
    }

    @SuppressWarnings("IllegalCatch") // a listener is foreign code, and a request goes on without its mistakes
    private void tell(Consumer<ClientListener> news) {
        for (ClientListener each : listeners) {
            try {
                news.accept(each);
            } catch (RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "listener threw: reason=" + e.getClass().getSimpleName());
            }
        }
    }
}
