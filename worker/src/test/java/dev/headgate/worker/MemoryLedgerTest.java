package dev.headgate.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MemoryLedgerTest {
    @Test
    void useIsTheSumOfWhatIsHeldAndNeverOverTheLimits() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        MemoryLedger ledger = new MemoryLedger(1_000, 6);
        Map<String, Long> held = new HashMap<>();
        for (int step = 0; step < 10_000; step++) {
            String label = "m" + random.nextInt(12);
            if (held.containsKey(label)) {
                ledger.release(label);
                held.remove(label);
            } else {
                long bytes = random.nextLong(1, 400);
                boolean fits = held.size() < 6 && sum(held) + bytes <= 1_000;
                assertThat(ledger.reserve(label, bytes).isEmpty())
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(fits);
                if (fits) {
                    held.put(label, bytes);
                }
            }
            assertThat(ledger.usedBytes()).isEqualTo(sum(held)).isLessThanOrEqualTo(1_000);
            assertThat(ledger.bytes(label)).isEqualTo(held.getOrDefault(label, 0L));
        }
    }

    @Test
    void refusalSaysWhatIsNeededAndWhatIsFree() {
        MemoryLedger ledger = new MemoryLedger(100_000_000, 0);
        ledger.reserve("a", 70_000_000);

        assertThat(ledger.reserve("b", 42_000_000))
                .contains("no memory for model b: needs 42 MB, 30 MB of 100 MB free");
    }

    @Test
    void labelsAreLimitedApartFromMemory() {
        MemoryLedger ledger = new MemoryLedger(0, 1);
        ledger.reserve("a", 1);

        assertThat(ledger.reserve("b", 1)).contains("no room for model b: 1 of 1 labels are held");
    }

    @Test
    void withoutLimitsEverythingFits() {
        MemoryLedger ledger = new MemoryLedger(0, 0);
        assertThat(ledger.reserve("a", 1L << 50)).isEmpty();
        assertThat(ledger.reserve("b", 1L << 50)).isEmpty();
    }

    @Test
    void aLabelIsReservedOnceAndReleasedAtMostOnce() {
        MemoryLedger ledger = new MemoryLedger(0, 0);
        ledger.reserve("a", 5);

        assertThatThrownBy(() -> ledger.reserve("a", 5)).isInstanceOf(IllegalStateException.class);
        ledger.release("a");
        ledger.release("a");
        assertThat(ledger.usedBytes()).isZero();
    }

    private static long sum(Map<String, Long> held) {
        return held.values().stream().mapToLong(Long::longValue).sum();
    }
}
