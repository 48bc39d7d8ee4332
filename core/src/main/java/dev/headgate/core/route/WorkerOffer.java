package dev.headgate.core.route;

import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.place.WorkerProfile;
import dev.headgate.core.pool.EndpointId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a worker says when it connects.
 *
 * @param id its name
 * @param instance drawn once per process start
 * @param engine what runs its models, for people to read
 * @param capacity what it offers
 * @param labels the labels that it can load
 * @param anyLabel whether it takes any label
 * @param taskTypes the task types that it runs
 * @param resident the labels that it holds, ready to run
 * @param sizes sizes in bytes of the models it knows, where known
 * @param running the leases that it still works on, from before a reconnect
 * @param loading the labels that it is loading, from before a reconnect
 */
public record WorkerOffer(
        EndpointId id,
        String instance,
        String engine,
        WorkerCapacity capacity,
        Set<String> labels,
        boolean anyLabel,
        Set<String> taskTypes,
        Set<String> resident,
        Map<String, Long> sizes,
        List<LeaseKey> running,
        Set<String> loading) {
    public WorkerOffer {
        labels = Set.copyOf(labels);
        taskTypes = Set.copyOf(taskTypes);
        resident = Set.copyOf(resident);
        sizes = Map.copyOf(sizes);
        running = List.copyOf(running);
        loading = Set.copyOf(loading);
    }

    /** What a worker says that loads nothing. */
    public WorkerOffer(
            EndpointId id,
            String instance,
            String engine,
            WorkerCapacity capacity,
            Set<String> labels,
            boolean anyLabel,
            Set<String> taskTypes,
            Set<String> resident,
            Map<String, Long> sizes,
            List<LeaseKey> running) {
        this(id, instance, engine, capacity, labels, anyLabel, taskTypes, resident, sizes, running, Set.of());
    }

    /** Returns what it is to placement. */
    WorkerProfile profile() {
        return new WorkerProfile(id, instance, capacity, labels, anyLabel, taskTypes);
    }
}
