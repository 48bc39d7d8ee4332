package dev.headgate.gateway.dispatch;

import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.ModelsHash;
import dev.headgate.worker.protocol.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The models that a worker reported as ready, to be checked against the fingerprint in its heartbeats. Confined to the
 * connection's event loop.
 */
final class ReportedModels {
    private final Map<String, String> versions = new HashMap<>();
    private boolean disagreed;

    /** Starts over with what a Hello lists. */
    void reset(List<ModelState> listed) {
        versions.clear();
        listed.forEach(this::report);
    }

    /** Takes note of one report. */
    void report(ModelState state) {
        if (state.getState() == State.READY) {
            versions.put(state.getLabel(), state.getVersion());
        } else {
            versions.remove(state.getLabel());
        }
    }

    /** Returns false if this is the second fingerprint in a row that differs from what was reported. */
    boolean agreesWith(long fingerprint) {
        ModelsHash expected = new ModelsHash();
        versions.forEach(expected::toggle);
        boolean differs = expected.value() != fingerprint;
        boolean twice = differs && disagreed;
        disagreed = differs;
        return !twice;
    }
}
