package dev.headgate.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.headgate.worker.protocol.Capacity;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Heartbeat;
import dev.headgate.worker.protocol.Hello;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.ModelsHash;
import dev.headgate.worker.protocol.PartAssembly;
import dev.headgate.worker.protocol.Parts;
import dev.headgate.worker.protocol.State;
import dev.headgate.worker.protocol.Stats;
import dev.headgate.worker.protocol.Status;
import dev.headgate.worker.protocol.TaskAccepted;
import dev.headgate.worker.protocol.TaskError;
import dev.headgate.worker.protocol.TaskRejected;
import dev.headgate.worker.protocol.TaskResult;
import dev.headgate.worker.protocol.TaskSpec;
import dev.headgate.worker.protocol.Welcome;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The worker's end of the wire, driven by a test frame by frame. It takes any label and runs {@code sleep} tasks. */
final class FakeWorker implements AutoCloseable {
    private static final int ABNORMAL = 1006;

    private final String id;
    private final WebSocket socket;
    private final Incoming incoming;

    private FakeWorker(String id, WebSocket socket, Incoming incoming) {
        this.id = id;
        this.socket = socket;
        this.incoming = incoming;
    }

    /** Opens the connection and says nothing. */
    static FakeWorker connect(TestGateway gateway, String id) {
        return connect(gateway, id, UnaryOperator.identity());
    }

    static FakeWorker connect(TestGateway gateway, String id, UnaryOperator<WebSocket.Builder> change) {
        Incoming incoming = new Incoming();
        WebSocket socket = change.apply(gateway.client()
                        .newWebSocketBuilder()
                        .subprotocols(WorkerProtocol.SUBPROTOCOL)
                        .header(WorkerProtocol.WORKER_ID_HEADER, id))
                .buildAsync(gateway.workerUri(), incoming)
                .join();
        return new FakeWorker(id, socket, incoming);
    }

    /** Opens the connection and joins as a fresh process with one run slot. */
    static FakeWorker join(TestGateway gateway, String id) {
        return join(gateway, id, UnaryOperator.identity());
    }

    static FakeWorker join(TestGateway gateway, String id, UnaryOperator<Hello.Builder> change) {
        FakeWorker worker = connect(gateway, id);
        worker.hello(change);
        worker.awaitWelcome();
        return worker;
    }

    void hello(UnaryOperator<Hello.Builder> change) {
        send(Frame.newBuilder().setHello(change.apply(offer(id))));
    }

    static Hello.Builder offer(String id) {
        return Hello.newBuilder()
                .setMinor(1)
                .setWorkerId(id)
                .setInstance(ByteString.copyFromUtf8("first"))
                .setEngine("fake")
                .setCapacity(Capacity.newBuilder().setRunSlots(1).setLoadSlots(1))
                .setAnyLabel(true)
                .addTaskTypes("sleep")
                .addTaskTypes("embed_texts");
    }

    static ModelState ready(String label) {
        return ModelState.newBuilder()
                .setLabel(label)
                .setState(State.READY)
                .setSizeBytes(1000)
                .setLoadMs(1)
                .build();
    }

    Welcome awaitWelcome() {
        return await(Frame::hasWelcome).getWelcome();
    }

    void send(Frame.Builder frame) {
        sendRaw(frame.build().toByteArray());
    }

    synchronized void sendRaw(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    /** Sends a piece of a message that goes on. */
    void sendFragment(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), false).join();
    }

    void sendText(String text) {
        socket.sendText(text, true).join();
    }

    void heartbeat(String... readyLabels) {
        ModelsHash hash = new ModelsHash();
        for (String label : readyLabels) {
            hash.toggle(label, "");
        }
        send(Frame.newBuilder().setHeartbeat(Heartbeat.newBuilder().setModelsHash(hash.value())));
    }

    /** Says something now and then on a thread of its own until the connection ends, so that it is not taken for dead. */
    void keepBeating() {
        Thread.ofVirtual().start(() -> {
            while (isOpen() && !socket.isOutputClosed()) {
                send(Frame.newBuilder().setStats(Stats.getDefaultInstance()));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        });
    }

    /** Waits for the next task, loading what is asked for meanwhile, and returns it with its whole payload. */
    TaskSpec takeTask() {
        while (true) {
            Frame frame = await(next -> next.hasLoad() || next.hasAssign());
            if (frame.hasLoad()) {
                send(Frame.newBuilder().setModelState(ready(frame.getLoad().getLabel())));
                continue;
            }
            TaskSpec task = frame.getAssign().getTasks(0);
            return task.getParts() == 0
                    ? task
                    : task.toBuilder().setPayload(payload(task)).build();
        }
    }

    private ByteString payload(TaskSpec task) {
        PartAssembly assembly = new PartAssembly(task.getParts(), 64L << 20);
        boolean complete = false;
        while (!complete) {
            complete = assembly.add(await(Frame::hasPart).getPart());
        }
        return assembly.payload();
    }

    void accept(TaskSpec task) {
        send(Frame.newBuilder().setAccepted(TaskAccepted.newBuilder().setLease(task.getLease())));
    }

    void reject(TaskSpec task, String reason) {
        send(Frame.newBuilder()
                .setRejected(TaskRejected.newBuilder().setLease(task.getLease()).setReason(reason)));
    }

    void succeed(Lease lease, String json) {
        succeed(lease, ByteString.copyFromUtf8(json));
    }

    void succeed(Lease lease, ByteString json) {
        TaskResult.Builder result = TaskResult.newBuilder()
                .setLease(lease)
                .setStatus(Status.OK)
                .setContentType("application/json")
                .setParts(Parts.count(json.size()));
        if (result.getParts() == 0) {
            result.setPayload(json);
        }
        send(Frame.newBuilder().setResult(result));
        Parts.split(lease, json)
                .forEachRemaining(part -> send(Frame.newBuilder().setPart(part)));
    }

    void fail(Lease lease, String code, String message) {
        send(Frame.newBuilder()
                .setResult(TaskResult.newBuilder()
                        .setLease(lease)
                        .setStatus(Status.ERROR)
                        .setError(TaskError.newBuilder().setCode(code).setMessage(message))));
    }

    void cancelled(Lease lease) {
        send(Frame.newBuilder()
                .setResult(TaskResult.newBuilder().setLease(lease).setStatus(Status.CANCELLED)));
    }

    /** Waits for a frame that matches, passing over others. */
    Frame await(Predicate<Frame> wanted) {
        long startNanos = System.nanoTime();
        while (true) {
            long leftNanos = TestGateway.PATIENCE.toNanos() - (System.nanoTime() - startNanos);
            Frame frame = poll(incoming.frames, leftNanos);
            if (frame == null) {
                throw new AssertionError("no such frame within " + TestGateway.PATIENCE);
            }
            if (wanted.test(frame)) {
                return frame;
            }
        }
    }

    /** Returns the frames that have come and were not awaited. */
    BlockingQueue<Frame> frames() {
        return incoming.frames;
    }

    /** Waits until the server closes, and returns the code; 1006 if it just went. */
    int awaitClose() {
        Integer code = poll(incoming.closes, TestGateway.PATIENCE.toNanos());
        if (code == null) {
            throw new AssertionError("no close within " + TestGateway.PATIENCE);
        }
        return code;
    }

    boolean isOpen() {
        return incoming.closes.isEmpty();
    }

    /** Closes the connection in order. */
    void sendClose() {
        socket.sendClose(1000, "done").join();
    }

    /** Breaks the connection without a word. */
    @Override
    public void close() {
        socket.abort();
    }

    private static <T> @Nullable T poll(BlockingQueue<T> queue, long nanos) {
        try {
            return queue.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static final class Incoming implements WebSocket.Listener {
        private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
        private final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            if (last) {
                try {
                    frames.add(Frame.parseFrom(message.toByteArray()));
                } catch (InvalidProtocolBufferException e) {
                    closes.add(-1);
                }
                message.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closes.add(code);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closes.add(ABNORMAL);
        }
    }
}
