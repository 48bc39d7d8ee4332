package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricSelectorTest {
    @Test
    void nameAloneMeansAnySeries() {
        assertThat(MetricSelector.of("  vllm:num_requests_waiting "))
                .isEqualTo(new MetricSelector("vllm:num_requests_waiting", Map.of()));
        assertThat(MetricSelector.of("n{ }")).isEqualTo(new MetricSelector("n", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n{a=b,c=\"d\"}",
                " n { a = b , c = \"d\" } ",
                "n{a=\"b\",c=d}",
                "n{c=d,a=b}",
                "n{a=\"b\" ,c=\"d\" }"
            })
    void labelsMayBeQuotedOrNotWithBlanksAnywhere(String text) {
        assertThat(MetricSelector.of(text)).isEqualTo(new MetricSelector("n", Map.of("a", "b", "c", "d")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``        | a name of letters",
                "{a=b}     | a name of letters",
                "n m       | a name of letters",
                "n{a=b     | a brace }",
                "n{a=b} x  | a brace }",
                "n{=b}     | label=value",
                "n{a}      | label=value",
                "n{a=b,}   | label=value",
                "n{a=}     | a value for a",
                "n{a=\"\"} | a value for a",
                "n{a=\"b\" c} | a value for a",
                "n{a=b}}   | a value for a",
                "n{a=\"b}  | a second quote"
            })
    void anythingElseIsNamed(String text, String expected) {
        assertThatThrownBy(() -> MetricSelector.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("selector: " + text + " (expected: " + expected);
    }
}
