package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Exactly one completion of a lease wins and is settled, in every concurrent history that came up. */
public class LeaseLincheckTest {
    private final AtomicInteger settled = new AtomicInteger();
    private final Lease lease = new Lease(new FakeCall(InferenceRequest.of("r", "m", "t"))) {
        @Override
        public EndpointId endpoint() {
            return new EndpointId("e");
        }

        @Override
        void settle(Outcome outcome) {
            settled.incrementAndGet();
        }
    };

    @Operation
    public boolean complete() {
        return lease.complete(Outcome.COMPLETED);
    }

    @Operation
    public boolean isCompleted() {
        return lease.isCompleted();
    }

    @Operation
    public boolean settledTwice() {
        return settled.get() > 1;
    }

    @Test
    void isCompletedOnceUnderStress() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(LeaseLincheckTest.class);
    }
}
