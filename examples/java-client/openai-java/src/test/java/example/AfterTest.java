package example;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import org.junit.jupiter.api.Test;

class AfterTest {
    @Test
    void theSecondServerAnswersWhenTheFirstHasEnough() throws Exception {
        try (FakeServer first = FakeServer.start();
                FakeServer second = FakeServer.start();
                FailoverClient failover = FailoverClient.builder()
                        .backends(Backend.of(first.url(), 1), Backend.of(second.url(), 2))
                        .build()) {
            first.fails(FakeServer.Fault.THROTTLED);
            OpenAIClient openai = After.connect("key", failover);
            assertThat(After.ask(openai, "count")).isEqualTo("one two three");
            assertThat(After.ask(openai, "count")).isEqualTo("one two three");
            assertThat(first.requests()).isEqualTo(1);
            assertThat(second.requests()).isEqualTo(2);
        }
    }
}
