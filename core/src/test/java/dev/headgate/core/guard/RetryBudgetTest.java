package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.testing.Threads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final RetryBudgetSettings SETTINGS = new RetryBudgetSettings(20, 3, Duration.ofSeconds(10));
    private static final long WINDOW = SETTINGS.window().toNanos();

    private final RetryBudget budget = new RetryBudget(SETTINGS, 0);

    @Test
    void theMinimumIsAllowedWithoutRequests() {
        assertThat(charged(0)).isEqualTo(3);
        assertThat(budget.hasRoom(0)).isFalse();
    }

    @Test
    void aShareOfTheRequestsIsAllowedRoundedDown() {
        for (int i = 0; i < 29; i++) {
            budget.requested(0);
        }
        assertThat(charged(0)).isEqualTo(5);
    }

    @Test
    void chargesAreForgottenAfterTheWindow() {
        charged(0);
        assertThat(budget.hasRoom(WINDOW - 1)).isFalse();
        assertThat(charged(WINDOW)).isEqualTo(3);
    }

    @Test
    void theDefaultsAreThoseOfTheContract() {
        assertThat(RetryBudgetSettings.DEFAULTS).isEqualTo(new RetryBudgetSettings(20, 10, Duration.ofSeconds(10)));
    }

    @Test
    void manyThreadsTogetherAreNotAllowedMore() {
        AtomicInteger charged = new AtomicInteger();
        Threads.run(8, thread -> {
            for (int i = 0; i < 100; i++) {
                if (budget.tryCharge(WINDOW / 10 * (i % 2))) {
                    charged.incrementAndGet();
                }
            }
        });
        assertThat(charged.get()).isLessThanOrEqualTo(3);
    }

    private int charged(long nowNanos) {
        int charged = 0;
        while (budget.tryCharge(nowNanos)) {
            charged++;
        }
        return charged;
    }
}
