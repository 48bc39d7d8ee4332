package dev.headgate.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            emptyValue = "",
            value = {
                "{\"id\":\"x\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi \\\"you\\\"\"}}]} | Hi \\\"you\\\"",
                "{\"choices\":[{\"text\":\" and so on\"}],\"usage\":{}} | ` and so on`",
                "{\"choices\":[{\"message\":{\"content\":\"Hi\",\"tool_calls\":null}}]} | Hi",
                "{\"choices\":[{\"message\":{\"content\":\"Hi\",\"tool_calls\":[]}}]} | Hi",
                "{\"choices\":[{\"message\":{\"content\":\"Hi\",\"tool_calls\":[{}]}}]} | ``",
                "{\"choices\":[{\"message\":{\"content\":null}}]} | ``",
                "{\"choices\":[{\"text\":\"a\"},{\"text\":\"b\"}]} | ``",
                "{\"choices\":[]} | ``",
                "{\"choices\":[{\"text\":\"a\"} | ``",
                "[] | ``",
                "no JSON | ``"
            })
    void textOfTheOnlyChoiceIsFound(String body, String text) {
        ByteBuffer bytes = ByteBuffer.wrap(("##" + body).getBytes(StandardCharsets.UTF_8));
        bytes.position(2);
        assertThat(new String(new AnswerText().of(bytes), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }
}
