package dev.headgate.worker.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PartsTest {
    private static final Lease LEASE =
            Lease.newBuilder().setTaskUid("t").setAttempt(1).setToken(7).build();
    private static final long LIMIT = 64 << 20;

    @Test
    void assemblyGivesBackWhatWasSplitWhateverItsSize() {
        long seed = 42;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 60; round++) {
            byte[] bytes =
                    new byte[WorkerProtocol.MAX_PART_BYTES + 1 + random.nextInt(3 * WorkerProtocol.MAX_PART_BYTES)];
            random.nextBytes(bytes);
            ByteString payload = ByteString.copyFrom(bytes);
            List<Part> parts = parts(payload);

            PartAssembly assembly = new PartAssembly(Parts.count(payload.size()), LIMIT);
            for (int i = 0; i < parts.size(); i++) {
                assertThat(parts.get(i).getData().size()).isBetween(1, WorkerProtocol.MAX_PART_BYTES);
                assertThat(assembly.add(parts.get(i)))
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(i == parts.size() - 1);
            }
            assertThat(assembly.payload()).isEqualTo(payload);
        }
    }

    @Test
    void payloadOfOneFrameHasNoParts() {
        assertThat(Parts.count(0)).isZero();
        assertThat(Parts.count(WorkerProtocol.MAX_PART_BYTES)).isZero();
        assertThat(Parts.count(WorkerProtocol.MAX_PART_BYTES + 1)).isEqualTo(2);
        assertThat(parts(ByteString.copyFrom(new byte[10]))).isEmpty();
    }

    @Test
    void partOutOfOrderIsAViolation() {
        List<Part> parts = parts(payload(3));
        PartAssembly assembly = new PartAssembly(3, LIMIT);
        assembly.add(parts.get(0));

        assertViolation(
                () -> assembly.add(parts.get(2)), WorkerProtocol.CLOSE_VIOLATION, "part index: 2 (expected: 1)");
        assertViolation(
                () -> assembly.add(parts.get(0)), WorkerProtocol.CLOSE_VIOLATION, "part index: 0 (expected: 1)");
    }

    @Test
    void partThatEndsTooEarlyOrTooLateIsAViolation() {
        List<Part> parts = parts(payload(2));
        Part early = parts.get(0).toBuilder().setLast(true).build();
        Part late = parts.get(1).toBuilder().setLast(false).build();
        PartAssembly assembly = new PartAssembly(2, LIMIT);

        assertViolation(() -> assembly.add(early), WorkerProtocol.CLOSE_VIOLATION, "part 0 of 2");
        assembly.add(parts.get(0));
        assertViolation(() -> assembly.add(late), WorkerProtocol.CLOSE_VIOLATION, "part 1 of 2");
    }

    @Test
    void partAfterTheLastIsAViolation() {
        List<Part> parts = parts(payload(2));
        PartAssembly assembly = new PartAssembly(2, LIMIT);
        parts.forEach(assembly::add);

        assertViolation(() -> assembly.add(parts.get(1)), WorkerProtocol.CLOSE_VIOLATION, "part index: 1");
    }

    @Test
    void payloadOverTheLimitIsTooBigBeforeAndWhileItArrives() {
        assertViolation(() -> new PartAssembly(1_000_000, LIMIT), WorkerProtocol.CLOSE_TOO_BIG, "larger than");
        assertViolation(() -> new PartAssembly(-1, LIMIT), WorkerProtocol.CLOSE_VIOLATION, "parts: 4294967295");

        PartAssembly assembly = new PartAssembly(2, WorkerProtocol.MAX_PART_BYTES + 10);
        List<Part> parts = parts(payload(2));
        assembly.add(parts.get(0));
        assertViolation(() -> assembly.add(parts.get(1)), WorkerProtocol.CLOSE_TOO_BIG, "larger than");
    }

    private static void assertViolation(Runnable action, int code, String message) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(ProtocolViolation.class, violation -> {
            assertThat(violation.closeCode()).isEqualTo(code);
            assertThat(violation).hasMessageContaining(message);
        });
    }

    private static ByteString payload(int parts) {
        return ByteString.copyFrom(new byte[parts * WorkerProtocol.MAX_PART_BYTES]);
    }

    private static List<Part> parts(ByteString payload) {
        List<Part> parts = new ArrayList<>();
        Parts.split(LEASE, payload).forEachRemaining(parts::add);
        return parts;
    }
}
