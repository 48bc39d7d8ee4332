package dev.headgate.lab.script;

import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.Lease;
import org.jspecify.annotations.Nullable;

/** One request of a script. */
final class ScriptCall extends Call {
    private final RequestMetadata metadata;
    final long serviceNanos; // −1 = until the script completes it

    /** Where it runs: its endpoint has counted it. */
    @Nullable
    ScriptEndpoint runsOn;

    @Nullable
    Lease current;

    boolean isOver;

    ScriptCall(InferenceRequest request, RequestMetadata metadata, long serviceNanos) {
        super(request);
        this.metadata = metadata;
        this.serviceNanos = serviceNanos;
    }

    String id() {
        return request().id();
    }

    @Override
    public RequestMetadata metadata() {
        return metadata;
    }

    @Override
    protected void granted(Lease lease) {
        // The listener has heard of it when it was sent.
    }

    @Override
    protected void ended(Outcome outcome) {
        // Likewise, when it ended.
    }
}
