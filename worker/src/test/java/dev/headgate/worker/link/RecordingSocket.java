package dev.headgate.worker.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.headgate.worker.protocol.Frame;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** A WebSocket whose sends end when the test says so. */
final class RecordingSocket implements WebSocket {
    private final List<Frame> sent = new ArrayList<>();
    private final Queue<CompletableFuture<WebSocket>> inFlight = new ArrayDeque<>();

    List<Frame> sent() {
        return sent;
    }

    void completeSend() {
        inFlight.remove().complete(this);
    }

    void failSend(Throwable failure) {
        inFlight.remove().completeExceptionally(failure);
    }

    @Override
    public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
        if (!inFlight.isEmpty()) {
            throw new IllegalStateException("Send pending");
        }
        try {
            sent.add(Frame.parseFrom(ByteString.copyFrom(data)));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
        CompletableFuture<WebSocket> send = new CompletableFuture<>();
        inFlight.add(send);
        return send;
    }

    @Override
    public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
        throw new UnsupportedOperationException("the protocol is binary");
    }

    @Override
    public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void request(long n) {}

    @Override
    public String getSubprotocol() {
        return "";
    }

    @Override
    public boolean isOutputClosed() {
        return false;
    }

    @Override
    public boolean isInputClosed() {
        return false;
    }

    @Override
    public void abort() {}
}
