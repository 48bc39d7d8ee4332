package dev.headgate.gateway.dispatch;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.LeaseKey;
import dev.headgate.core.route.PlacedLease;
import dev.headgate.core.route.RouterListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what happens in the router to the log; parameters and results of tasks are never written. */
final class EventLog implements RouterListener {
    private static final Logger LOG = LoggerFactory.getLogger("headgate.dispatch");

    @Override
    public void workerJoined(EndpointId worker, boolean resumed) {
        LOG.info("worker joined: worker={} resumed={}", worker, resumed);
    }

    @Override
    public void workerSuspect(EndpointId worker) {
        LOG.warn("worker is silent and gets no new work: worker={}", worker);
    }

    @Override
    public void workerLost(EndpointId worker, String reason, int tasks) {
        if (tasks == 0) {
            LOG.info("worker gone: worker={} reason=\"{}\"", worker, reason);
        } else {
            LOG.warn("worker lost: worker={} reason=\"{}\" tasks={}", worker, reason, tasks);
        }
    }

    @Override
    public void loading(EndpointId worker, String label, String cause) {
        LOG.debug("loading: worker={} label={} cause={}", worker, label, cause);
    }

    @Override
    public void loaded(EndpointId worker, String label, long nanos) {
        LOG.debug("loaded: worker={} label={} millis={}", worker, label, nanos / 1_000_000);
    }

    @Override
    public void evicted(EndpointId worker, String label) {
        LOG.debug("evicted: worker={} label={}", worker, label);
    }

    @Override
    public void loadFailed(EndpointId worker, String label, String error) {
        LOG.warn("load failed: worker={} label={} error=\"{}\"", worker, label, error);
    }

    @Override
    public void assigned(PlacedLease lease) {
        LOG.debug("assigned: task={} worker={} label={}", lease.key().taskUid(), lease.endpoint(), lease.label());
    }

    @Override
    public void refused(Call call, Failure failure) {
        LOG.debug(
                "refused: task={} kind={}", call.request().id(), failure.kind().code());
    }

    @Override
    public void ended(Call call, Outcome outcome) {
        LOG.debug(
                "ended: task={} outcome={}",
                call.request().id(),
                outcome.getClass().getSimpleName());
    }

    @Override
    public void staleAnswer(EndpointId worker, LeaseKey key) {
        LOG.debug("stale answer dropped: worker={} task={} attempt={}", worker, key.taskUid(), key.attempt());
    }
}
