package dev.headgate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {
    private static final long HEAP = 1L << 30;
    private static final long LEDGER = 200L << 20;
    private static final long FAR_TOO_MUCH = 4L << 30;
    private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);

    private final MemoryWatch watch = new MemoryWatch(HEAP);

    @Test
    void recyclesAProcessThatStaysTooLargeForAMinuteWithoutWork() {
        assertThat(watch.shouldRecycle(0, FAR_TOO_MUCH, LEDGER, true)).isFalse();
        assertThat(watch.shouldRecycle(MINUTE - 1, FAR_TOO_MUCH, LEDGER, true)).isFalse();
        assertThat(watch.shouldRecycle(MINUTE, FAR_TOO_MUCH, LEDGER, true)).isTrue();
    }

    @Test
    void workStartsTheMinuteAnew() {
        watch.shouldRecycle(0, FAR_TOO_MUCH, LEDGER, true);
        watch.shouldRecycle(MINUTE / 2, FAR_TOO_MUCH, LEDGER, false);
        watch.shouldRecycle(MINUTE * 3 / 4, FAR_TOO_MUCH, LEDGER, true);

        assertThat(watch.shouldRecycle(MINUTE, FAR_TOO_MUCH, LEDGER, true)).isFalse();
    }

    @Test
    void aSizeThatModelsAndHeapExplainIsFineForEver() {
        watch.shouldRecycle(0, HEAP + LEDGER, LEDGER, true);

        assertThat(watch.shouldRecycle(10 * MINUTE, HEAP + LEDGER, LEDGER, true))
                .isFalse();
    }

    @Test
    void anUnknownSizeIsFine() {
        watch.shouldRecycle(0, 0, LEDGER, true);

        assertThat(watch.shouldRecycle(10 * MINUTE, 0, LEDGER, true)).isFalse();
    }
}
