package dev.headgate.core.place;

import dev.headgate.core.admit.Ticket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a policy decides; each call changes the fleet and the waiting room before it returns. */
public interface PlacementActions {
    /** Runs {@code ticket} on a resident copy. */
    void assign(Ticket ticket, Copy copy);

    /** Returns whether another rule than placement's chooses among workers that could all run a task. */
    default boolean hasRouter() {
        return false;
    }

    /**
     * Returns which of {@code able}, the one that placement prefers first, is to run {@code ticket}, which follows at once;
     * null if that is known later: until then nothing is assigned, and then the policy decides again.
     */
    default @Nullable Copy choose(Ticket ticket, List<Copy> able) {
        return able.get(0);
    }

    /** Loads {@code model} on {@code worker} for whoever waits; the worker drops {@code victims} first. */
    void load(WorkerState worker, Model model, List<Copy> victims, MissCause cause);

    /** Binds {@code ticket} to {@code worker} and loads its model there within the task. */
    void loadWithin(Ticket ticket, WorkerState worker, Model model, List<Copy> victims);

    /** Asks to decide again at {@code atNanos}, if nothing happens before. */
    void wakeAt(long atNanos);
}
