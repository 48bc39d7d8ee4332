package dev.headgate.core.place;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.pool.EndpointId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of workers and models, and the only place where that changes.
 *
 * <p>Iteration is in order of joining, so that equal histories give equal decisions. Confined to its owner.
 */
public final class Fleet {
    private static final int MAX_MODELS = 100_000;
    private static final long DAY_NANOS = 24L * 3600 * 1_000_000_000;

    private final Map<EndpointId, WorkerState> byId = new LinkedHashMap<>();
    private final List<WorkerState> workers = new ArrayList<>();
    private final Map<String, Model> models = new LinkedHashMap<>();
    private final Map<Model, Long> lastRequested = new LinkedHashMap<>(); // oldest first
    private final Model.Experience experience = new Model.Experience();
    private final double popularityWindow;
    private long arrivals;
    private long revision;
    private double slots = Double.NaN; // until a worker or a size changes

    /** Creates an empty fleet; {@code popularityWindow} > 0 is the memory of popularity in arrivals per label. */
    public Fleet(double popularityWindow) {
        this.popularityWindow = popularityWindow;
    }

    /** Adds a worker without task types that takes any label, or only {@code labels}. A worker of that id must have left before. */
    public WorkerState join(
            EndpointId id, WorkerCapacity capacity, Set<String> labels, boolean anyLabel, long nowNanos) {
        return join(new WorkerProfile(id, "", capacity, labels, anyLabel, Set.of()), nowNanos);
    }

    /** Adds a worker. One of that id must have left before. */
    public WorkerState join(WorkerProfile profile, long nowNanos) {
        WorkerState worker = new WorkerState(profile, nowNanos);
        if (byId.putIfAbsent(profile.id(), worker) != null) {
            throw new IllegalStateException("worker joined twice: " + profile.id());
        }
        workers.add(worker);
        revision++;
        slots = Double.NaN;
        return worker;
    }

    /** Removes a worker with all it holds. */
    public void leave(WorkerState worker) {
        for (Copy copy : worker.copies) {
            copy.model().copies.remove(copy);
            copy.model().lostWithWorker |= copy.isReady();
        }
        for (Model model : models.values()) {
            model.failures().forget(worker.id());
        }
        worker.copies.clear();
        worker.runs.clear();
        byId.remove(worker.id());
        workers.remove(worker);
        revision++;
        slots = Double.NaN;
    }

    /** Learns the size of {@code model} in memory; 0 is ignored. */
    public void sized(Model model, long bytes) {
        model.sized(bytes);
        slots = Double.NaN;
    }

    /** Returns a number that is another one once workers, or the models that they hold ready, are others. */
    public long revision() {
        return revision;
    }

    /** Returns the workers in order of joining. */
    public List<WorkerState> workers() {
        return Collections.unmodifiableList(workers);
    }

    /** Returns the worker of that name, null if there is none. */
    public @Nullable WorkerState worker(EndpointId id) {
        return byId.get(id);
    }

    /** Returns what is known of {@code label}. */
    public Model model(String label) {
        return models.computeIfAbsent(label, name -> new Model(name, experience));
    }

    /** Returns what is known of {@code label}, null if it was never asked for or reported. */
    public @Nullable Model knownModel(String label) {
        return models.get(label);
    }

    /** Returns all models that were asked for or reported. */
    public Collection<Model> models() {
        return Collections.unmodifiableCollection(models.values());
    }

    /** Returns whether some worker can load {@code label}. */
    public boolean knows(String label) {
        for (int i = 0; i < workers.size(); i++) {
            if (workers.get(i).knows(label)) {
                return true;
            }
        }
        return false;
    }

    /** Counts the arrival of a request for {@code model}. */
    public void requested(Model model, long nowNanos) {
        arrivals++;
        lastRequested.remove(model);
        lastRequested.put(model, nowNanos);
        forgetOldest(nowNanos);
        model.arrived(arrivals, memory());
    }

    /** Callers choose the labels that a worker of any label is asked for, so what is known of them has a bound. */
    private void forgetOldest(long nowNanos) {
        Iterator<Map.Entry<Model, Long>> oldest = lastRequested.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Model, Long> entry = oldest.next();
            if (nowNanos - entry.getValue() <= DAY_NANOS && lastRequested.size() <= MAX_MODELS) {
                return;
            }
            Model model = entry.getKey();
            oldest.remove();
            if (model.copies.isEmpty() && workers.stream().noneMatch(worker -> worker.names(model.label()))) {
                models.remove(model.label());
            }
        }
    }

    /** Returns whether {@code model} was asked for within the last {@code nanos}. */
    public boolean wasRequestedWithin(Model model, long nanos, long nowNanos) {
        Long last = lastRequested.get(model);
        return last != null && nowNanos - last <= nanos;
    }

    /** Returns the share of arrivals that ask for {@code model}. */
    public double popularity(Model model) {
        return model.popularity(arrivals, memory());
    }

    private double memory() {
        return popularityWindow * Math.max(1, lastRequested.size());
    }

    /** Returns how many models of mean size fit into the fleet. */
    public double slots() {
        if (Double.isNaN(slots)) {
            double meanBytes = meanModelBytes();
            slots = workers.stream()
                    .mapToDouble(worker -> worker.capacity().slots(meanBytes))
                    .sum();
        }
        return slots;
    }

    private double meanModelBytes() {
        double bytes = 0;
        int sized = 0;
        for (Model model : models.values()) {
            if (model.sizeBytes() > 0) {
                bytes += model.sizeBytes();
                sized++;
            }
        }
        return sized == 0 ? 0 : bytes / sized;
    }

    /** Starts a load; the victims are gone from now on. */
    public Copy beginLoad(WorkerState worker, Model model, List<Copy> victims, MissCause cause, long nowNanos) {
        victims.forEach(this::evict);
        Copy copy = new Copy(model, worker, cause, nowNanos);
        worker.copies.add(copy);
        model.copies.add(copy);
        return copy;
    }

    /** Ends a load that took {@code loadNanos}. */
    public void endLoad(Copy copy, long loadNanos, long nowNanos) {
        copy.loaded(loadNanos);
        revision++;
        copy.lastUsedNanos = nowNanos;
        copy.worker().lastActiveNanos = nowNanos;
        copy.model().loaded(loadNanos);
        copy.model().failures().forget(copy.worker().id());
        for (WorkerState.Run run : copy.worker().runs) {
            if (run.copy == copy) {
                run.startedNanos = nowNanos;
            }
        }
    }

    /** Notes a model that a worker held when it joined. */
    public void foundResident(WorkerState worker, Model model, long nowNanos) {
        if (worker.copy(model) == null) {
            beginLoad(worker, model, List.of(), MissCause.COLD, nowNanos).foundResident();
            revision++;
        }
    }

    /** Notes a model that a worker was loading when it joined. */
    public void foundLoading(WorkerState worker, Model model, long nowNanos) {
        if (worker.copy(model) == null) {
            beginLoad(worker, model, List.of(), MissCause.COLD, nowNanos);
        }
    }

    /** Removes a copy: evicted, unloaded or failed to load. */
    public void evict(Copy copy) {
        copy.worker().copies.remove(copy);
        copy.model().copies.remove(copy);
        revision++;
    }

    /** Puts a task into a run slot. */
    public void beginRun(Ticket ticket, Copy copy, long nowNanos) {
        copy.worker().runs.add(new WorkerState.Run(ticket, copy, nowNanos));
        copy.running++;
        copy.lastUsedNanos = nowNanos;
    }

    /** Frees the run slot that {@code ticket} holds on {@code worker}, if it holds one. */
    public void endRun(WorkerState worker, Ticket ticket, long nowNanos) {
        for (int i = 0; i < worker.runs.size(); i++) {
            WorkerState.Run run = worker.runs.get(i);
            if (run.ticket.equals(ticket)) {
                worker.runs.remove(i);
                run.copy.running--;
                run.copy.lastUsedNanos = nowNanos;
                worker.lastActiveNanos = nowNanos;
                return;
            }
        }
    }
}
