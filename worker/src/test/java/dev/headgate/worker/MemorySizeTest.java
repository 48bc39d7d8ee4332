package dev.headgate.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemorySizeTest {
    @Test
    void sizesAreReadWithTheirUnits() {
        assertThat(MemorySize.parse("2GiB")).isEqualTo(2L << 30);
        assertThat(MemorySize.parse("1.5 MiB")).isEqualTo(3L << 19);
        assertThat(MemorySize.parse("300mb")).isEqualTo(300_000_000);
        assertThat(MemorySize.parse("17")).isEqualTo(17);
    }

    @Test
    void everythingElseIsRefusedByName() {
        for (String bad : new String[] {"", "GiB", "-1GiB", "2XB", "1e9", "999999999GiB"}) {
            assertThatThrownBy(() -> MemorySize.parse(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("memory size: " + bad);
        }
    }
}
