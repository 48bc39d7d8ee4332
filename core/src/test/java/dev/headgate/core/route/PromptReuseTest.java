package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PromptReuseTest {
    private final PromptReuse reuse = new PromptReuse();

    @Test
    void shareIsThatOfTokensThatSomebodyHeld() {
        assertThat(reuse.share()).isZero();
        reuse.asked(1000, new int[] {0, 250, 100});
        assertThat(reuse.share()).isCloseTo(0.25, within(1e-12));
        reuse.asked(1000, new int[] {5000, 0, 0});
        assertThat(reuse.share()).isBetween(0.62, 0.63);
    }

    @Test
    void halfIsForgottenAfterTwoHundredRequests() {
        for (int i = 0; i < 10_000; i++) {
            reuse.asked(1000, new int[] {1000});
        }
        for (int i = 0; i < 200; i++) {
            reuse.asked(1000, new int[] {0});
        }
        assertThat(reuse.share()).isCloseTo(0.5, within(1e-9));
    }
}
