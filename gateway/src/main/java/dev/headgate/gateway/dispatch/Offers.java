package dev.headgate.gateway.dispatch;

import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.route.WorkerOffer;
import dev.headgate.worker.protocol.Capacity;
import dev.headgate.worker.protocol.Hello;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.ProtocolViolation;
import dev.headgate.worker.protocol.State;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a worker's Hello. */
final class Offers {
    private static final int MAX_LABELS = 100_000;

    private Offers() {}

    /** Returns what the worker offers; throws {@link ProtocolViolation} naming a field that cannot be. */
    static WorkerOffer of(Hello hello) {
        if (hello.getInstance().isEmpty()) {
            throw violation("instance is empty (expected: bytes drawn at the process start)");
        }
        if (hello.getLabelsCount() > MAX_LABELS) {
            throw violation("labels: " + hello.getLabelsCount() + " (expected: <= " + MAX_LABELS + ")");
        }
        Map<String, Long> sizes = new HashMap<>();
        for (ModelState model : hello.getModelsList()) {
            if (model.getSizeBytes() > 0) {
                sizes.put(model.getLabel(), model.getSizeBytes());
            }
        }
        return new WorkerOffer(
                new EndpointId(hello.getWorkerId()),
                HexFormat.of().formatHex(hello.getInstance().toByteArray()),
                hello.getEngine(),
                capacity(hello.getCapacity()),
                Set.copyOf(hello.getLabelsList()),
                hello.getAnyLabel(),
                Set.copyOf(hello.getTaskTypesList()),
                labels(hello, State.READY),
                sizes,
                hello.getRunningList().stream().map(WorkerSessions::key).toList(),
                labels(hello, State.LOADING));
    }

    private static Set<String> labels(Hello hello, State state) {
        return hello.getModelsList().stream()
                .filter(model -> model.getState() == state)
                .map(ModelState::getLabel)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static WorkerCapacity capacity(Capacity capacity) {
        try {
            return new WorkerCapacity(
                    capacity.getRunSlots(),
                    Math.max(1, capacity.getLoadSlots()),
                    capacity.getMaxLabels(),
                    capacity.getMemoryBytes());
        } catch (IllegalArgumentException e) {
            throw violation("capacity." + e.getMessage());
        }
    }

    private static ProtocolViolation violation(String message) {
        return new ProtocolViolation(WorkerProtocol.CLOSE_VIOLATION, message);
    }
}
