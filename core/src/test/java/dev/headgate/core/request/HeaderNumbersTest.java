package dev.headgate.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderNumbersTest {
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "5,5000",
                " 7 ,7000",
                "+3,3000",
                "1.5,1500",
                "0,0",
                ".5,500",
                "\t2,2000",
                "0.0001,1",
                "0.0005,1",
                "1.0001,1001",
                "000000000000000000007,7000",
                "2.0000,2000"
            })
    void numbersAreReadAndRoundedUp(String text, long millis) {
        assertThat(HeaderNumbers.number(text, 1000)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "-0",
                "1e1",
                "NaN",
                "Infinity",
                "0x10",
                "5d",
                "5f",
                "\u0665",
                "1,5",
                "5.",
                ".",
                "+",
                "++1",
                "1 2",
                "five",
                "\uff15",
                "- 1",
                "+ 1"
            })
    void everythingElseIsGarbage(String text) {
        assertThat(HeaderNumbers.number(text, 1000)).isEqualTo(HeaderNumbers.GARBAGE);
        assertThat(HeaderNumbers.durationMillis(text)).isEqualTo(HeaderNumbers.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000000000000000", "99999999999999999999999999", "1234567890123456.5"})
    void moreThanFifteenDigitsAreLongerThanAnyCap(String text) {
        assertThat(HeaderNumbers.number(text, 1)).isEqualTo(HeaderNumbers.BEYOND);
        assertThat(HeaderNumbers.durationMillis(text + "s")).isEqualTo(HeaderNumbers.BEYOND);
    }

    @ParameterizedTest
    @CsvSource({
        "6m0s,360000",
        "1.2s,1200",
        "120ms,120",
        "1h2m3.5s,3723500",
        "5us,1",
        "5\u00b5s,1",
        "5\u03bcs,1",
        "1ns,1",
        "0s,0",
        "1500000ns,2",
        "0.5ms,1",
        ".5h,1800000",
        "0.00000000001h,1",
        "1s1s,2000"
    })
    void durationsAreRead(String text, long millis) {
        assertThat(HeaderNumbers.durationMillis(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "s", "5x", "5s5", "1 s", "-5s", "5sec", "5.s", "m5"})
    void whatIsNoDurationIsGarbage(String text) {
        assertThat(HeaderNumbers.durationMillis(text)).isEqualTo(HeaderNumbers.GARBAGE);
    }

    @ParameterizedTest
    @CsvSource({"2,2000", "2s,2000", "x,-1", "999999999999999h,9223372036854775807"})
    void waitsAreDurationsOrSeconds(String text, long millis) {
        assertThat(HeaderNumbers.waitMillis(text)).isEqualTo(millis);
    }
}
