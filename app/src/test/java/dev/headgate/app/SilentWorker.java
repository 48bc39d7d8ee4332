package dev.headgate.app;

import com.google.protobuf.ByteString;
import dev.headgate.worker.protocol.Capacity;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Hello;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.State;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A worker's connection that says what a test wants and nothing else: it takes tasks and never ends one. */
final class SilentWorker implements AutoCloseable {
    private final String id;
    private final WebSocket socket;
    private final CompletableFuture<Integer> closeCode;

    private SilentWorker(String id, WebSocket socket, CompletableFuture<Integer> closeCode) {
        this.id = id;
        this.socket = socket;
        this.closeCode = closeCode;
    }

    /** Connects; nothing is sent yet. */
    static SilentWorker connect(ServerProcess server, String id) {
        CompletableFuture<Integer> closeCode = new CompletableFuture<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols(WorkerProtocol.SUBPROTOCOL)
                .header(WorkerProtocol.WORKER_ID_HEADER, id)
                .buildAsync(URI.create(server.dispatcher()), new Listener(closeCode))
                .join();
        return new SilentWorker(id, socket, closeCode);
    }

    /** Says that it holds {@code label} and has room for one task of one type. */
    void hello(String label, String taskType) {
        send(Frame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setMinor(WorkerProtocol.MINOR)
                        .setWorkerId(id)
                        .setInstance(ByteString.copyFromUtf8(id))
                        .setCapacity(Capacity.newBuilder()
                                .setRunSlots(1)
                                .setLoadSlots(1)
                                .setMaxLabels(1)
                                .setMemoryBytes(1L << 30)
                                .setMaxFrameBytes(WorkerProtocol.MAX_FRAME_BYTES)
                                .setMaxBatch(1))
                        .addLabels(label)
                        .addTaskTypes(taskType)
                        .addAllModels(List.of(ModelState.newBuilder()
                                .setLabel(label)
                                .setState(State.READY)
                                .build())))
                .build()
                .toByteArray());
    }

    void send(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    /** Returns the code with which the server closes the connection. */
    CompletableFuture<Integer> closeCode() {
        return closeCode;
    }

    @Override
    public void close() {
        socket.abort();
    }

    private record Listener(CompletableFuture<Integer> closeCode) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closeCode.complete(code);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closeCode.completeExceptionally(error);
        }
    }
}
