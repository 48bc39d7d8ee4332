package dev.headgate.core.place;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.pool.EndpointId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A worker as placement sees it: what it offers, holds and does. Confined to the owner of the fleet.
 *
 * <p>A worker holds a few models, so they are a list that is searched.
 */
public final class WorkerState {
    private final EndpointId id;
    private final String process;
    private final WorkerCapacity capacity;
    private final Set<String> labels;
    private final boolean anyLabel;
    private final Set<String> taskTypes;
    final List<Copy> copies = new ArrayList<>(4);
    final List<Run> runs = new ArrayList<>(1);
    private Intake intake = Intake.ALL;
    long lastActiveNanos;

    WorkerState(WorkerProfile profile, long nowNanos) {
        this.id = profile.id();
        this.process = profile.id() + "/" + profile.instance();
        this.capacity = profile.capacity();
        this.labels = profile.labels();
        this.anyLabel = profile.anyLabel();
        this.taskTypes = profile.taskTypes();
        this.lastActiveNanos = nowNanos;
    }

    /** Returns its name. */
    public EndpointId id() {
        return id;
    }

    /** Returns the name of its process; one that starts anew under the same worker name has another. */
    public String process() {
        return process;
    }

    /** Returns what it offers. */
    public WorkerCapacity capacity() {
        return capacity;
    }

    /** Returns whether it can load {@code label}. */
    public boolean knows(String label) {
        return anyLabel || labels.contains(label);
    }

    /** Returns whether it runs tasks of the type of {@code ticket}. */
    boolean runs(Ticket ticket) {
        return runs(ticket.request().taskType());
    }

    /** Returns whether it runs tasks of {@code type}. */
    public boolean runs(String type) {
        return taskTypes.contains(type);
    }

    /** Returns whether it lists {@code label} among those it can load. */
    boolean names(String label) {
        return labels().contains(label);
    }

    /** Returns the labels it can load; empty if it takes any. */
    public Set<String> labels() {
        return labels;
    }

    /** Returns what it holds and loads, in order of loading. */
    public List<Copy> copies() {
        return List.copyOf(copies);
    }

    /** Returns the copy of {@code model}, null if it has none. */
    public @Nullable Copy copy(Model model) {
        for (int i = 0; i < copies.size(); i++) {
            if (copies.get(i).model() == model) {
                return copies.get(i);
            }
        }
        return null;
    }

    /** Returns whether it may be given tasks. */
    public boolean takesTasks() {
        return intake != Intake.NOTHING;
    }

    /** Returns whether it may be told to load models. */
    public boolean takesLoads() {
        return intake == Intake.ALL;
    }

    /** Returns whether it knows {@code model} and has the memory for it, once all else on it is dropped. */
    public boolean couldHold(Model model) {
        return knows(model.label()) && capacity.holds(1, model.sizeBytes());
    }

    /** Returns whether it could hold {@code model} at all and may be told to load it, if it has the time. */
    boolean mayLoad(Model model, long nowNanos) {
        return takesLoads() && couldHold(model) && model.failures().allows(id, nowNanos);
    }

    /** Says what it may be given. */
    public void intake(Intake allowed) {
        intake = allowed;
    }

    /** Returns how many tasks it runs. */
    public int running() {
        return runs.size();
    }

    /** Returns whether it could begin a task for a model that it holds. */
    boolean mayRun(PlacementSettings settings) {
        return takesTasks() && hasRunSlot() && (settings.overlap() || loading() == 0);
    }

    /** Returns whether it could begin a load, if it has the room. */
    boolean mayBeginLoad(PlacementSettings settings) {
        return takesLoads() && (settings.overlap() ? hasLoadSlot() : isIdle());
    }

    boolean hasRunSlot() {
        return runs.size() < capacity.runSlots();
    }

    boolean hasLoadSlot() {
        return loading() < capacity.loadSlots();
    }

    boolean isIdle() {
        return runs.isEmpty() && loading() == 0;
    }

    int loading() {
        int loading = 0;
        for (int i = 0; i < copies.size(); i++) {
            if (!copies.get(i).isReady()) {
                loading++;
            }
        }
        return loading;
    }

    long residentBytes() {
        long bytes = 0;
        for (int i = 0; i < copies.size(); i++) {
            bytes += copies.get(i).model().sizeBytes();
        }
        return bytes;
    }

    double remainingRunNanos(long nowNanos) {
        if (hasRunSlot()) {
            return 0;
        }
        double soonest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            soonest = Math.min(
                    soonest, Math.max(0, run.startedNanos + run.copy.model().runNanos() - nowNanos));
        }
        return soonest;
    }

    @Override
    public String toString() {
        return id.value();
    }

    /** What a worker may be given. */
    public enum Intake {
        /** Tasks and loads. */
        ALL,
        /** Tasks for what it holds, but no loads: it is about to drain. */
        RESIDENT_ONLY,
        /** Nothing: it is silent, disconnected or draining. */
        NOTHING
    }

    /** A task in a run slot; while its copy still loads, the slot is held for it. */
    static final class Run {
        final Ticket ticket;
        final Copy copy;
        long startedNanos;

        Run(Ticket ticket, Copy copy, long startedNanos) {
            this.ticket = ticket;
            this.copy = copy;
            this.startedNanos = startedNanos;
        }
    }
}
