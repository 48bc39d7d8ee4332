package dev.headgate.core.place;

import dev.headgate.core.admit.Ticket;
import java.util.List;

/** What a policy decides; each call changes the fleet and the waiting room before it returns. */
public interface PlacementActions {
    /** Runs {@code ticket} on a resident copy. */
    void assign(Ticket ticket, Copy copy);

    /** Loads {@code model} on {@code worker} for whoever waits; the worker drops {@code victims} first. */
    void load(WorkerState worker, Model model, List<Copy> victims, MissCause cause);

    /** Binds {@code ticket} to {@code worker} and loads its model there within the task. */
    void loadWithin(Ticket ticket, WorkerState worker, Model model, List<Copy> victims);

    /** Asks to decide again at {@code atNanos}, if nothing happens before. */
    void wakeAt(long atNanos);
}
