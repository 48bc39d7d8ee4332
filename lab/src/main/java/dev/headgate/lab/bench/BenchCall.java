package dev.headgate.lab.bench;

import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.Lease;

/** A call of an edge that costs nothing itself. */
final class BenchCall extends Call {
    BenchCall(String label) {
        super(InferenceRequest.of("r", label, "run"));
    }

    @Override
    protected void granted(Lease lease) {}

    @Override
    protected void ended(Outcome outcome) {}
}
