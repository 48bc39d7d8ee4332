package dev.headgate.core.place;

import dev.headgate.core.pool.EndpointId;
import java.util.Set;

/**
 * What a worker is to placement.
 *
 * @param id its name
 * @param instance drawn once per process start
 * @param capacity what it offers
 * @param labels the labels that it can load
 * @param anyLabel whether it takes any label
 * @param taskTypes the task types that it runs
 */
public record WorkerProfile(
        EndpointId id,
        String instance,
        WorkerCapacity capacity,
        Set<String> labels,
        boolean anyLabel,
        Set<String> taskTypes) {
    public WorkerProfile {
        labels = Set.copyOf(labels);
        taskTypes = Set.copyOf(taskTypes);
    }
}
