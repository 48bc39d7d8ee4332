package dev.headgate.worker.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.ProtocolViolation;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Puts WebSocket fragments together and decodes frames. Called by the HTTP client, one call at a time. */
final class FrameReceiver implements WebSocket.Listener {
    /** Where decoded frames and ends go. */
    interface Target {
        void frame(Frame frame);

        void alive();

        void violated(ProtocolViolation violation);

        void ended(int code, String reason);
    }

    /** The close code of a connection that ended without one (RFC 6455, section 7.1.5). */
    static final int BROKEN = 1006;

    private final Target target;
    private ByteString received = ByteString.EMPTY;

    FrameReceiver(Target target) {
        this.target = target;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        if ((long) received.size() + data.remaining() > WorkerProtocol.MAX_FRAME_BYTES) {
            target.violated(new ProtocolViolation(
                    WorkerProtocol.CLOSE_TOO_BIG, "frame is larger than " + WorkerProtocol.MAX_FRAME_BYTES + " bytes"));
            return null;
        }
        received = received.concat(ByteString.copyFrom(data));
        if (last) {
            decode();
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        target.violated(new ProtocolViolation(WorkerProtocol.CLOSE_TEXT_FRAME, "text frame on a binary protocol"));
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
        target.alive();
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        target.ended(code, reason);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        target.ended(BROKEN, String.valueOf(error.getMessage()));
    }

    private void decode() {
        ByteString whole = received;
        received = ByteString.EMPTY;
        try {
            target.frame(Frame.parseFrom(whole));
        } catch (InvalidProtocolBufferException e) {
            target.violated(new ProtocolViolation(
                    WorkerProtocol.CLOSE_UNDECODABLE, "frame of " + whole.size() + " bytes is not a Frame"));
        }
    }
}
