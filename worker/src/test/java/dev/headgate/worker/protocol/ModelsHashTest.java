package dev.headgate.worker.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ModelsHashTest {
    @Test
    void hashIsTheFirstEightBytesOfSha256LittleEndian() {
        // The first 16 digits that sha256sum prints for a:1.
        assertThat(ModelsHash.of("a", "1"))
                .isEqualTo(Long.reverseBytes(Long.parseUnsignedLong("2b2c40a6706d9e5f", 16)));
    }

    @Test
    void orderDoesNotMatterAndRemovingUndoesAdding() {
        ModelsHash one = new ModelsHash();
        one.toggle("a", "1");
        one.toggle("b", "");
        ModelsHash other = new ModelsHash();
        other.toggle("b", "");
        other.toggle("a", "1");

        assertThat(one.value()).isEqualTo(other.value()).isNotZero();
        one.toggle("a", "1");
        one.toggle("b", "");
        assertThat(one.value()).isZero();
    }

    @Test
    void versionsOfALabelDiffer() {
        assertThat(ModelsHash.of("a", "1")).isNotEqualTo(ModelsHash.of("a", "2"));
    }
}
