package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.request.InferenceRequest;
import org.junit.jupiter.api.Test;

class PromptBacklogTest {
    private static final long SECOND = 1_000_000_000L;

    private final PromptBacklog backlog = new PromptBacklog();

    @Test
    void timeIsSpentOnTheOldestPromptWhichIsNotDoneBeforeItsFirstToken() {
        Call first = prompt(4);
        Call second = prompt(1);
        backlog.add(first, 0);
        backlog.add(second, SECOND);
        assertThat(backlog.secondsLeft(SECOND)).isCloseTo(4, within(1e-9));
        assertThat(backlog.secondsLeft(100 * SECOND))
                .as("a tenth of the oldest")
                .isCloseTo(1.4, within(1e-9));

        backlog.remove(first, 100 * SECOND);
        assertThat(backlog.secondsLeft(100 * SECOND)).isCloseTo(1, within(1e-9));
        assertThat(backlog.secondsLeft(100 * SECOND + SECOND / 2)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void nothingIsLeftWhenAllAreDoneOrGivenUp() {
        Call first = prompt(4);
        Call second = prompt(0.1);
        backlog.add(first, 0);
        backlog.add(second, 0);
        backlog.remove(second, SECOND);
        backlog.remove(second, SECOND);
        backlog.remove(first, SECOND);
        assertThat(backlog.secondsLeft(SECOND)).isZero();
        backlog.add(second, 50 * SECOND);
        assertThat(backlog.secondsLeft(50 * SECOND)).isEqualTo(0.1);
    }

    private static Call prompt(double seconds) {
        FakeCall call = new FakeCall(InferenceRequest.of("r", "m", "chat"));
        call.prefillSeconds = seconds;
        return call;
    }
}
