package dev.headgate.core.route;

import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.place.Policies;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Who says which of several workers that could all run a task does: placement, or a router (routing.md §1). What is loaded
 * where, and which task is next, a router has no say in. Confined to the owner of its {@link PlacingRouter}.
 */
public final class WorkerChoices {
    private final PlacingRouter router;
    private final DispatchState state;
    private final String placedBy;

    WorkerChoices(PlacingRouter router, DispatchState state, String placedBy) {
        this.router = router;
        this.state = state;
        this.placedBy = placedBy;
    }

    /**
     * Lets a router choose from now on; a later call swaps it, and its {@code pool}, {@code random} and {@code owner} are
     * those of the first. Returns why not, empty if it was done; otherwise nothing changed.
     *
     * @param pool what the router is told that it chooses in
     * @param settings how; nothing waits in the pool, so what they say of waiting is of no effect
     * @param random the router's chance; thread-safe, as a router with a thread of its own draws there
     * @param owner runs what it is given in the dispatcher's context
     */
    public Optional<String> routeBy(
            String pool, RouterSettings settings, RandomGenerator random, Consumer<Runnable> owner) {
        if (!placedBy.equals(Policies.LATE)) {
            return Optional.of("given (expected: none, as placement.policy: " + placedBy + " chooses workers itself)");
        }
        WorkerPool known = state.pool;
        try {
            if (known != null) {
                return known.changed(settings);
            }
            WorkerPool.Surroundings around = new WorkerPool.Surroundings(random, owner);
            state.pool = new WorkerPool(pool, settings, state, around, router::decideAgain);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Returns how the router stands, empty if placement chooses. */
    public Optional<PolicyStatus> policy() {
        return Optional.ofNullable(state.pool).map(pool -> pool.status(state.room.size()));
    }

    /** Returns the explanation numbered {@code id}, empty if it is not kept. */
    public Optional<Explanation> explanation(long id) {
        return Optional.ofNullable(state.pool).flatMap(pool -> pool.router().explanation(id));
    }

    void refresh() {
        if (state.pool != null) {
            state.pool.refresh();
        }
    }

    void advance() {
        if (state.pool != null) {
            state.pool.router().advance();
        }
    }

    /** Returns {@code other}, or when {@link #advance} is due if that comes first. */
    OptionalLong nextWakeup(OptionalLong other) {
        OptionalLong own =
                state.pool == null ? OptionalLong.empty() : state.pool.router().nextWakeup();
        boolean isLater = own.isEmpty() || (other.isPresent() && other.getAsLong() - own.getAsLong() <= 0);
        return isLater ? other : own;
    }
}
