package dev.headgate.worker.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Heartbeat;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.Parts;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final RecordingSocket socket = new RecordingSocket();
    private final List<Throwable> broken = new ArrayList<>();
    private final Outbox outbox = new Outbox(socket, broken::add);

    @Test
    void heartbeatWaitsForAtMostOnePartOfALargePayload() throws Exception {
        outbox.sendParts(Parts.split(lease("a"), payload(64)));
        outbox.send(heartbeat(1));

        socket.completeSend();
        assertThat(socket.sent())
                .extracting(Frame::getBodyCase)
                .containsExactly(Frame.BodyCase.PART, Frame.BodyCase.HEARTBEAT);
    }

    @Test
    void payloadsTakeTurnsAndKeepTheirOwnOrder() throws Exception {
        outbox.send(heartbeat(1)); // in flight while the payloads are queued
        outbox.sendParts(Parts.split(lease("a"), payload(3)));
        outbox.sendParts(Parts.split(lease("b"), payload(2)));
        for (int i = 0; i < 6; i++) {
            socket.completeSend();
        }

        assertThat(socket.sent().stream()
                        .skip(1)
                        .map(frame -> frame.getPart().getLease().getTaskUid()
                                + frame.getPart().getIndex()))
                .containsExactly("a0", "b0", "a1", "b1", "a2");
    }

    @Test
    void oneFrameIsInFlightAtATimeAndEmptyIsToldAfterTheLast() throws Exception {
        List<String> told = new ArrayList<>();
        outbox.send(heartbeat(1));
        outbox.send(heartbeat(2));
        outbox.whenEmpty(() -> told.add("empty"));
        assertThat(socket.sent()).hasSize(1);

        socket.completeSend();
        assertThat(told).isEmpty();
        socket.completeSend();
        assertThat(socket.sent())
                .extracting(frame -> frame.getHeartbeat().getN())
                .containsExactly(1L, 2L);
        assertThat(told).containsExactly("empty");
    }

    @Test
    void peerThatReadsNothingBreaksTheConnection() {
        for (int i = 0; i < 10_001; i++) {
            outbox.send(heartbeat(i));
        }
        assertThat(broken).isEmpty();
        outbox.send(heartbeat(10_001));
        assertThat(broken).singleElement().asString().contains("reads nothing");
    }

    @Test
    void failedSendBreaksTheConnection() {
        outbox.send(heartbeat(1));
        socket.failSend(new IOException("reset"));
        assertThat(broken).hasSize(1);
    }

    private static Frame heartbeat(long n) {
        return Frame.newBuilder().setHeartbeat(Heartbeat.newBuilder().setN(n)).build();
    }

    private static Lease lease(String task) {
        return Lease.newBuilder().setTaskUid(task).build();
    }

    private static ByteString payload(int parts) {
        return ByteString.copyFrom(new byte[parts * WorkerProtocol.MAX_PART_BYTES]);
    }
}
