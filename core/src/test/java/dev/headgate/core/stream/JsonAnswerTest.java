package dev.headgate.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.Usage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonAnswerTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}",
                "{\"output\":[],\"usage\":{\"input_tokens\":9,\"output_tokens\":4,\"total_tokens\":13}}"
            })
    void tokensAreReadUnderEitherName(String body) {
        assertThat(JsonAnswer.usage(bytes(body))).isEqualTo(new Usage(9, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":6}}}",
                "{\"usage\":{\"input_tokens_details\":{\"x\":[1],\"cached_tokens\":6},\"input_tokens\":9,\"output_tokens\":4}}"
            })
    void cachedTokensAreReadWhereTheyAreTold(String body) {
        assertThat(JsonAnswer.usage(bytes(body))).isEqualTo(new Usage(9, 4, 6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[1]", "{\"usage\":null}", "{\"usage\":{\"prompt_tokens\":-1}}", "nonsense"})
    void otherBodiesReportNothing(String body) {
        assertThat(JsonAnswer.usage(bytes(body))).isEqualTo(Usage.NONE);
    }

    @Test
    void lastByteTellsWhetherABodyIsWhole() {
        assertThat(JsonAnswer.isWhole(bytes("{\"a\":1} \r\n"))).isTrue();
        assertThat(JsonAnswer.isWhole(bytes("[]"))).isTrue();
        assertThat(JsonAnswer.isWhole(bytes("{\"a\":1"))).isFalse();
        assertThat(JsonAnswer.isWhole(bytes(" "))).isFalse();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
