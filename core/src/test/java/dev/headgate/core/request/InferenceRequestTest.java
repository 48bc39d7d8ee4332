package dev.headgate.core.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.time.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InferenceRequestTest {
    private final InferenceRequest request = InferenceRequest.of("id", "m", "embed_texts");

    @Test
    void refusesAPriorityOutsideTheRangeByNamingIt() {
        assertThatThrownBy(() -> request.asTenant("t", 11)).hasMessage("priority: 11 (expected: -10 to 10)");
        assertThatThrownBy(() -> request.asTenant("t", -11)).hasMessage("priority: -11 (expected: -10 to 10)");
    }

    @Test
    void refusesANegativeSizeByNamingIt() {
        assertThatThrownBy(() -> request.withBodyBytes(-1)).hasMessage("bodyBytes: -1 (expected: >= 0)");
    }

    @Test
    void eachCopyChangesOneThing() {
        Deadline deadline = Deadline.after(0, Duration.ofSeconds(1));
        InferenceRequest changed =
                request.withDeadline(deadline).asTenant("t", 3).withBodyBytes(9).onlyOnce();
        assertThat(changed)
                .isEqualTo(new InferenceRequest("id", "m", "embed_texts", 9, 3, "t", deadline, false, Prompt.NONE));
    }
}
