package dev.headgate.core.guard;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Every concurrent history of a {@link TokenBucket} is one of a bucket that one thread uses. */
public class TokenBucketLincheckTest {
    private final TokenBucket bucket = TokenBucket.ofRequests(12, 0);

    @Operation
    public boolean reserve() {
        return bucket.tryReserve(1, 0) != TokenBucket.REFUSED;
    }

    @Operation
    public void owe() {
        bucket.correct(0, 0, 1, 0);
    }

    @Operation
    public long waitNanos() {
        return bucket.waitNanos(1, 0);
    }

    @Test
    void isLinearizableUnderStress() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(TokenBucketLincheckTest.class);
    }

    @Test
    void isLinearizableInEverySchedule() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(TokenBucketLincheckTest.class);
    }
}
