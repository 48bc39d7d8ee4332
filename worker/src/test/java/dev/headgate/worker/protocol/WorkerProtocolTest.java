package dev.headgate.worker.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkerProtocolTest {
    @Test
    void workerIdsAreShortAndPlain() {
        assertThat(WorkerProtocol.isWorkerId("gpu-1.rack_2:a")).isTrue();
        assertThat(WorkerProtocol.isWorkerId("w".repeat(128))).isTrue();
        assertThat(WorkerProtocol.isWorkerId("w".repeat(129))).isFalse();
        assertThat(WorkerProtocol.isWorkerId("")).isFalse();
        assertThat(WorkerProtocol.isWorkerId("a b")).isFalse();
        assertThat(WorkerProtocol.isWorkerId("a\n")).isFalse();
    }
}
