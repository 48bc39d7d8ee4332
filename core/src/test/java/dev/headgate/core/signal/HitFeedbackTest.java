package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HitFeedbackTest {
    private final HitFeedback feedback = new HitFeedback();

    @Test
    void predictionsAreTrustedUntilFiftyAnswersSayOtherwise() {
        for (int i = 0; i < HitFeedback.WINDOW - 1; i++) {
            feedback.add(1000, 100);
        }
        assertThat(feedback.scale()).isEqualTo(1);

        feedback.add(1000, 100);
        assertThat(feedback.scale()).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void trustComesBackWithTheHits() {
        for (int i = 0; i < 100; i++) {
            feedback.add(1000, 0);
        }
        assertThat(feedback.scale()).isZero();
        for (int i = 0; i < 25; i++) {
            feedback.add(1000, 1000);
        }
        assertThat(feedback.scale()).isEqualTo(1);
        assertThat(feedback.ratio()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void answersWithoutAPredictionSayNothing() {
        for (int i = 0; i < 200; i++) {
            feedback.add(0, 0);
            feedback.add(100, -1);
        }
        assertThat(feedback.ratio()).isEqualTo(1);
        assertThat(feedback.scale()).isEqualTo(1);
    }

    @Test
    void restartForgets() {
        for (int i = 0; i < 60; i++) {
            feedback.add(1000, 0);
        }
        feedback.clear();
        assertThat(feedback.scale()).isEqualTo(1);
    }
}
