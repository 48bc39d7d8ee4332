package dev.headgate.core.route;

import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call that remembers what it was told. */
class FakeCall extends Call {
    final List<Lease> granted = new ArrayList<>();
    final List<Outcome> outcomes = new ArrayList<>();

    @Nullable
    Decision decision;

    FakeCall(InferenceRequest request) {
        super(request);
    }

    @Override
    protected void granted(Lease lease) {
        granted.add(lease);
    }

    @Override
    protected void ended(Outcome outcome) {
        outcomes.add(outcome);
    }

    /** Returns the kind of the failure it ended with or was refused with, null if it did not fail. */
    @Nullable
    FailureKind failure() {
        if (decision instanceof Decision.Refused refused) {
            return refused.failure().kind();
        }
        return outcomes.size() == 1 && outcomes.get(0) instanceof Outcome.Failed failed
                ? failed.failure().kind()
                : null;
    }

    boolean isCompleted() {
        return outcomes.size() == 1 && outcomes.get(0) instanceof Outcome.Completed;
    }

    /** Returns whether nothing more may follow. */
    boolean isOver() {
        return !outcomes.isEmpty() || decision instanceof Decision.Refused;
    }
}
