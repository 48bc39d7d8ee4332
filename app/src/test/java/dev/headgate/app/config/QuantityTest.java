package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({"200ms, 200", "2s, 2000", "5m, 300000", "1h, 3600000", "2d, 172800000", "0s, 0", "2 s, 2000"})
    void durationHasAUnit(String text, long millis) {
        assertThat(Quantity.duration(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "s", "-1s", "1.5s", "2S", "2 weeks", "367d", "999999999999999999h", "1s2ms"})
    void otherTextIsNoDuration(String text) {
        assertThat(Quantity.duration(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "7B, 7", "64KB, 64000", "64KiB, 65536", "16MiB, 16777216", "3MB, 3000000", "2GiB, 2147483648"})
    void sizeMayHaveAUnit(String text, long bytes) {
        assertThat(Quantity.bytes(text)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "1.5MiB", "1mib", "1TB", "999999999999999999GiB"})
    void otherTextIsNoSize(String text) {
        assertThat(Quantity.bytes(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "1500, 1500ms", "2000, 2s", "90000, 90s", "600000, 10m"})
    void durationIsWrittenAsTheFileWould(long millis, String text) {
        assertThat(Quantity.text(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
