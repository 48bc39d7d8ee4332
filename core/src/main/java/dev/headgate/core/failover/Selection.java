package dev.headgate.core.failover;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The choice among the candidates of the model whose turn it is, for one request (gateway.md §2). Remembers which were
 * tried, and goes on to the fallback models.
 *
 * <p>One look over the candidates in order of priority picks by reservoir sampling: the k-th of a tier, of weight w, takes
 * the place of the one picked so far with probability w ÷ the sum of weights up to it. So nothing is counted or collected
 * beforehand that could change between counting and picking. Confined to its call.
 */
final class Selection {
    private final FailoverRequest request;
    private final List<Routing.Leg> legs;
    private final Supplier<RandomGenerator> random;
    private ModelPool models;
    private int leg;
    private int begun; // of this model
    private int begunInPool;
    private long tried; // the first 64 by index, the rest in more
    private @Nullable BitSet more;
    private long contextBeyond;
    private int pickedUse;
    private boolean sawSpent;
    private boolean sawWithoutPermit;
    private boolean sawFull;
    private @Nullable List<Candidate> foundFull; // marked as tried until there may be room

    Selection(FailoverRequest request, List<Routing.Leg> legs, ModelPool models, Supplier<RandomGenerator> random) {
        this.request = request;
        this.legs = legs;
        this.models = models;
        this.random = random;
    }

    /** Returns the candidates of the model whose turn it is. */
    ModelPool models() {
        return models;
    }

    /** Returns the place of that model in its route. */
    int leg() {
        return leg;
    }

    /** Returns whether no fallback follows. */
    boolean isLastModel() {
        return leg + 1 >= legs.size();
    }

    /** Returns whether the model has had all the attempts that its pool allows. */
    boolean isSpent() {
        int max = models.pool.settings.attempts().max();
        return max > 0 && begun >= max;
    }

    /** Returns whether the pool has had an attempt of this request. */
    boolean hasBegunInPool() {
        return begunInPool > 0;
    }

    /** Goes on to the next fallback; returns false if there is none. */
    boolean toNextModel(long nowNanos) {
        if (isLastModel()) {
            return false;
        }
        leg++;
        PoolState before = models.pool;
        models = legs.get(leg).models(nowNanos);
        tried = 0;
        more = null;
        foundFull = null;
        begun = 0;
        begunInPool = models.pool == before ? begunInPool : 0;
        return true;
    }

    /** Goes back to a model whose turn it was; all of its candidates count as tried. */
    void backTo(ModelPool earlier) {
        models = earlier;
        begunInPool = Math.max(1, begunInPool);
        tried = -1;
        more = new BitSet();
        more.set(0, earlier.candidates.length);
    }

    /** Picks one that was not tried, and returns null if there is none. */
    @Nullable
    Candidate pick(long nowNanos) {
        sawSpent = false;
        sawWithoutPermit = false;
        sawFull = false;
        Candidate picked = pickOf(Candidate.AVAILABLE, nowNanos);
        if (picked == null && sawSpent) {
            picked = pickOf(Candidate.SPENT, nowNanos);
        }
        if (picked == null && sawWithoutPermit) {
            picked = pickOf(Candidate.WITHOUT_PERMIT, nowNanos);
        }
        return picked;
    }

    /** Returns how far the last pick was relaxed, one of the constants of {@link Candidate}. */
    int pickedUse() {
        return pickedUse;
    }

    /** Picks one that was not tried and may serve without relaxing, and returns null if there is none. */
    @Nullable
    Candidate pickAvailable(long nowNanos) {
        return pickOf(Candidate.AVAILABLE, nowNanos);
    }

    /** Returns whether the last pick passed over one that is nearly spent. */
    boolean passedSpent() {
        return sawSpent;
    }

    /** Returns whether the last pick passed over one whose circuit breaker is full. */
    boolean passedFull() {
        return sawFull || foundFull != null;
    }

    /** Returns whether another one, of this model or a fallback, is neither cooling nor ejected nor drained. */
    boolean hasOthers(long nowNanos) {
        if (!isSpent() && hasCandidate(models, nowNanos, true)) {
            return true;
        }
        for (int i = leg + 1; i < legs.size(); i++) {
            if (hasCandidate(legs.get(i).models(nowNanos), nowNanos, false)) {
                return true;
            }
        }
        return false;
    }

    /** An attempt on {@code candidate} begins. */
    void begun(Candidate candidate) {
        mark(candidate.index, true);
        begun++;
        begunInPool++;
    }

    /** It was not called after all. */
    void takenBack(Candidate candidate) {
        mark(candidate.index, false);
        begun--;
        begunInPool--;
    }

    /** It was not called after all, as its endpoint had no room: it is passed over as long as that may last. */
    void takenBackAsFull(Candidate candidate) {
        begun--;
        begunInPool--;
        List<Candidate> full = foundFull;
        if (full == null) {
            full = new ArrayList<>(2);
            foundFull = full;
        }
        full.add(candidate);
    }

    /** Endpoints that had no room may have some. */
    void mayHaveRoom() {
        List<Candidate> full = foundFull;
        if (full != null) {
            foundFull = null;
            full.forEach(candidate -> mark(candidate.index, false));
        }
    }

    /** From now on, only context windows larger than {@code tokens}, or unknown ones. */
    void needsContextBeyond(long tokens) {
        contextBeyond = Math.max(contextBeyond, tokens);
    }

    private boolean hasCandidate(ModelPool of, long nowNanos, boolean isThisModel) {
        for (Candidate candidate : of.candidates) {
            if (isEligible(candidate)
                    && !(isThisModel && isTried(candidate.index))
                    && !candidate.state.isDrained
                    && candidate.coolingNanos(nowNanos) == 0) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Candidate pickOf(int use, long nowNanos) {
        pickedUse = use;
        boolean isUniform = models.pool.settings.selection() == FailoverSettings.Selection.RANDOM;
        Candidate first = sample(use, isUniform, null, nowNanos);
        if (first == null || models.pool.settings.selection() != FailoverSettings.Selection.LEAST_LOADED) {
            return first;
        }
        Candidate second = sample(use, false, first, nowNanos);
        return second == null ? first : lessLoaded(first, second, nowNanos);
    }

    private @Nullable Candidate sample(int use, boolean isUniform, @Nullable Candidate besides, long nowNanos) {
        Candidate picked = null;
        int tier = besides == null ? 0 : besides.backend.priority();
        double sum = 0;
        for (Candidate candidate : models.candidates) {
            int priority = candidate.backend.priority();
            if (sum > 0 && priority != tier) {
                break;
            }
            boolean isOther = besides != null && (candidate == besides || priority != tier);
            if (isOther || !isOpen(candidate) || !isUsable(candidate, use, nowNanos)) {
                continue;
            }
            double weight = candidate.weight(isUniform, nowNanos);
            sum += weight;
            tier = priority;
            if (picked == null || random.get().nextDouble() * sum < weight) {
                picked = candidate;
            }
        }
        return picked;
    }

    private boolean isUsable(Candidate candidate, int use, long nowNanos) {
        int found = candidate.use(request, nowNanos);
        sawSpent |= found == Candidate.SPENT;
        sawWithoutPermit |= found == Candidate.WITHOUT_PERMIT;
        sawFull |= found == Candidate.FULL;
        return found <= use;
    }

    private Candidate lessLoaded(Candidate a, Candidate b, long nowNanos) {
        double loadOfA = (a.state.load.inFlight() + 1) / a.weight(false, nowNanos);
        double loadOfB = (b.state.load.inFlight() + 1) / b.weight(false, nowNanos);
        if (loadOfA == loadOfB) {
            return random.get().nextBoolean() ? a : b;
        }
        return loadOfA < loadOfB ? a : b;
    }

    /** Returns whether it was not tried and may ever serve the request. */
    boolean isOpen(Candidate candidate) {
        return !isTried(candidate.index) && isEligible(candidate);
    }

    private boolean isEligible(Candidate candidate) {
        return candidate.isEligible(request, contextBeyond);
    }

    private boolean isTried(int index) {
        return index < Long.SIZE ? (tried & 1L << index) != 0 : more != null && more.get(index);
    }

    private void mark(int index, boolean isTried) {
        if (index < Long.SIZE) {
            tried = isTried ? tried | 1L << index : tried & ~(1L << index);
            return;
        }
        if (more == null) {
            more = new BitSet();
        }
        more.set(index, isTried);
    }
}
