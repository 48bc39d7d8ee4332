package dev.headgate.core.route;

import dev.headgate.core.failover.BackendView;
import dev.headgate.core.failover.FailoverRequest;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call, as the policy of its pool is asked for a backend: what it may use is the view's to say, what came of
 * asking is kept here. Guarded by the lock of its {@link PolicyPool}.
 */
final class BackendChoice extends Call implements Eligible {
    private static final String NO_TEXT = "";

    private final BackendView view;
    private final FailoverRequest asked;
    private boolean waits;
    private boolean isStarved;
    private @Nullable Lease granted;
    private @Nullable Failure refusal;

    BackendChoice(BackendView view) {
        super(requestOf(view.request()));
        this.view = view;
        this.asked = view.request();
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
        int[] tiers = view.look(candidates);
        isStarved = view.isStarved();
        if (isStarved && waits) {
            view.proceed(); // to conclude, or to go on with another model
        }
        return tiers;
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
            view.proceed();
        }
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
