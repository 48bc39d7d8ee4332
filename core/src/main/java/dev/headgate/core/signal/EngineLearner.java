package dev.headgate.core.signal;

import org.jspecify.annotations.Nullable;

/**
 * Learns an {@link EngineModel} from what requests took: one for a pool, one for each variant in it, one for each endpoint.
 *
 * <p>What an endpoint teaches is taught to its variant and its pool too. An endpoint's own model is used from its 20th
 * observation on and is then kept within ¼ and 4 times of what it stands on, its variant's or its pool's; before that the
 * latter is used, and for a pool that has not been observed the prior it was created with. A pool and a variant may differ
 * from that prior by far more, as it may have been made for other hardware.
 *
 * <p>Times to the first token and times per token are fitted apart, each by {@link BoundedFit}. Confined to the pool's
 * owner. See routing.md §8.
 */
public final class EngineLearner {
    /** With fewer observations an engine's own model says more about chance than about the engine. */
    static final int LEAST_SAMPLES = 20;

    private static final double ENDPOINT_BOUND = 4;
    private static final double POOL_BOUND = 64;

    private final EngineModel reference;
    private final @Nullable EngineLearner parent;
    private final double bound;
    private final BoundedFit first = new BoundedFit();
    private final BoundedFit later = new BoundedFit();
    private EngineModel model;
    private @Nullable EngineModel basis; // what the parent said when the model was made
    private boolean stale;

    private EngineLearner(EngineModel reference, @Nullable EngineLearner parent, double bound) {
        this.reference = reference;
        this.parent = parent;
        this.bound = bound;
        model = reference;
    }

    /** Returns one for a pool of which nothing but {@code prior} is known. */
    public static EngineLearner ofPool(EngineModel prior) {
        return new EngineLearner(prior, null, POOL_BOUND);
    }

    /** Returns one for a variant of this pool: the endpoints of one kind of hardware and model. */
    public EngineLearner variant() {
        return new EngineLearner(reference, this, POOL_BOUND);
    }

    /** Returns one for an endpoint of this pool or variant. */
    public EngineLearner endpoint() {
        return new EngineLearner(reference, this, ENDPOINT_BOUND);
    }

    /**
     * Notes that the first token of a request took {@code seconds}: {@code uncached} tokens of its prompt behind {@code hit}
     * cached ones, with {@code pending} tokens of others before them. What is not positive is ignored.
     */
    public void firstToken(long pending, long uncached, long hit, double seconds) {
        double predicted = reference.ttftSeconds(pending, uncached, hit);
        double fixed = reference.fixedSeconds() / predicted;
        double tokens = reference.tokenSeconds() * ((double) pending + uncached) / predicted;
        for (EngineLearner learner = this; learner != null; learner = learner.parent) {
            learner.first.add(fixed, tokens, Math.max(0, 1 - fixed - tokens), seconds / predicted);
            learner.stale = true;
        }
    }

    /**
     * Notes that a token of an answer took {@code seconds} on average, among {@code requests} requests with {@code resident}
     * tokens in all. What is not positive is ignored.
     */
    public void laterTokens(int requests, long resident, double seconds) {
        double predicted = reference.tpotSeconds(requests, resident);
        double step = reference.stepSeconds() / predicted;
        double perRequest = reference.requestSeconds() * requests / predicted;
        for (EngineLearner learner = this; learner != null; learner = learner.parent) {
            learner.later.add(step, perRequest, Math.max(0, 1 - step - perRequest), seconds / predicted);
            learner.stale = true;
        }
    }

    /** Forgets what this endpoint taught, as after its restart as something else; its pool remembers. */
    public void clear() {
        first.clear();
        later.clear();
        stale = true;
    }

    /** Returns the model to use; the same instance until something was learned. */
    public EngineModel model() {
        EngineModel under = parent == null ? reference : parent.model();
        if (stale || under != basis) {
            basis = under;
            stale = false;
            model = fitted(under);
        }
        return model;
    }

    private EngineModel fitted(EngineModel under) {
        boolean isFirstKnown = first.samples() >= LEAST_SAMPLES;
        boolean isLaterKnown = later.samples() >= LEAST_SAMPLES;
        if (!isFirstKnown && !isLaterKnown) {
            return under;
        }
        double[] firstPrior = {
            ratio(under.fixedSeconds(), reference.fixedSeconds()),
            ratio(under.tokenSeconds(), reference.tokenSeconds()),
            ratio(under.pairSeconds(), reference.pairSeconds())
        };
        double[] laterPrior = {
            ratio(under.stepSeconds(), reference.stepSeconds()),
            ratio(under.requestSeconds(), reference.requestSeconds()),
            ratio(under.residentSeconds(), reference.residentSeconds())
        };
        double[] ttft = isFirstKnown ? first.solve(firstPrior, bound) : firstPrior;
        double[] tpot = isLaterKnown ? later.solve(laterPrior, bound) : laterPrior;
        return new EngineModel(
                reference.fixedSeconds() * ttft[0],
                reference.tokenSeconds() * ttft[1],
                reference.pairSeconds() * ttft[2],
                reference.stepSeconds() * tpot[0],
                reference.requestSeconds() * tpot[1],
                reference.residentSeconds() * tpot[2],
                Math.max(first.samples(), later.samples()));
    }

    private static double ratio(double seconds, double reference) {
        return reference == 0 ? 1 : seconds / reference;
    }
}
