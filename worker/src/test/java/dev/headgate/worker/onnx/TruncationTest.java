package dev.headgate.worker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TruncationTest {
    @Test
    void cutKeepsTheFirstTokensAndTheFinalOne() {
        long[] ids = {101, 1, 2, 3, 4, 5, 102};
        assertThat(Truncation.cut(ids, 7)).isSameAs(ids);
        assertThat(Truncation.cut(ids, 4)).containsExactly(101, 1, 2, 102);
        assertThat(Truncation.cut(ids, 2)).containsExactly(101, 102);
    }
}
