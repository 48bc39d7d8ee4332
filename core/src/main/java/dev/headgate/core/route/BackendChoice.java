package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call, as the policy of its pool is asked for a backend: which of them it may use, and what came of
 * asking. Guarded by the lock of its {@link PolicyPool}.
 */
final class BackendChoice extends Call implements Eligible {
    private static final String NO_TEXT = "";

    private final FailoverCall.Caller caller;
    private final FailoverRequest asked;
    private final Selection selection;
    private final FailoverRouter router;
    private final @Nullable Candidate only;
    private int[] tiers = new int[0]; // of those that may be used, by the pool's index; 0 = may not
    private int relaxed = Candidate.OUT;
    private boolean waits;
    private boolean isStarved;
    private @Nullable Lease granted;
    private @Nullable Failure refusal;

    /** Asks for any that {@code selection} has not tried, or for {@code only} one. */
    BackendChoice(
            FailoverRequest asked,
            Selection selection,
            @Nullable Candidate only,
            FailoverRouter router,
            FailoverCall.Caller caller) {
        super(requestOf(asked));
        this.asked = asked;
        this.selection = selection;
        this.only = only;
        this.router = router;
        this.caller = caller;
        createdAt(asked.createdAtNanos());
        if (asked.explains()) {
            explain();
        }
    }

    private static InferenceRequest requestOf(FailoverRequest asked) {
        int priority =
                Math.max(InferenceRequest.MIN_PRIORITY, Math.min(InferenceRequest.MAX_PRIORITY, asked.priority()));
        return InferenceRequest.of(NO_TEXT, asked.model(), NO_TEXT)
                .withBodyBytes(asked.bodyBytes())
                .withDeadline(asked.deadline())
                .asTenant(asked.tenant(), priority)
                .withPrompt(asked.prompt());
    }

    @Override
    public RequestMetadata metadata() {
        return new RequestMetadata(
                NO_TEXT,
                sequence,
                NO_TEXT,
                NO_TEXT,
                NO_TEXT,
                NO_TEXT,
                asked.session(),
                asked.streams(),
                RequestMetadata.Protocol.HTTP,
                asked.tenant(),
                asked.priority(),
                asked.deadline());
    }

    @Override
    public int[] look(Candidates candidates) {
        long now = router.now();
        if (tiers.length != candidates.size()) {
            tiers = new int[candidates.size()];
        }
        relaxed = Candidate.OUT;
        ModelPool models = selection.models();
        for (int i = 0; i < candidates.size(); i++) {
            relaxed = Math.min(relaxed, use(models.find(candidates.id(i)), now));
        }
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = models.find(candidates.id(i));
            boolean may = relaxed < Candidate.FULL && use(candidate, now) <= relaxed;
            tiers[i] = may && candidate != null ? candidate.backend.priority() : 0;
        }
        isStarved = relaxed >= Candidate.FULL;
        if (isStarved && waits) {
            caller.proceed(); // to conclude, or to go on with another model
        }
        return tiers;
    }

    private int use(@Nullable Candidate candidate, long nowNanos) {
        if (candidate == null || (only == null ? !selection.isOpen(candidate) : candidate != only)) {
            return Candidate.OUT;
        }
        return only == null ? candidate.use(asked, nowNanos) : Candidate.AVAILABLE;
    }

    /** The backend that it was given does not take it: it is to be given another. */
    void again() {
        granted = null;
        refusal = null;
        isStarved = false;
        waits = false;
    }

    /** It was not given a backend at once: its caller is told when there is news. */
    void waits() {
        waits = true;
    }

    @Override
    protected void granted(Lease lease) {
        granted = lease;
        tell();
    }

    @Override
    protected void ended(Outcome outcome) {
        if (granted == null && outcome instanceof Outcome.Failed failed) {
            refusal = failed.failure();
            tell();
        }
    }

    private void tell() {
        if (waits) {
            waits = false;
            caller.proceed();
        }
    }

    /** Returns the only backend that was asked for, null if any may be. */
    @Nullable
    Candidate only() {
        return only;
    }

    /** Returns how far the last look was relaxed, one of the constants of {@link Candidate}. */
    int relaxed() {
        return relaxed;
    }

    /** Returns the lease that it was granted while it waited. */
    @Nullable
    Lease granted() {
        return granted;
    }

    /** Returns why it was refused while it waited. */
    @Nullable
    Failure refusal() {
        return refusal;
    }

    /** Returns whether there was nothing that it may use when it was last looked at. */
    boolean isStarved() {
        return isStarved;
    }
}
