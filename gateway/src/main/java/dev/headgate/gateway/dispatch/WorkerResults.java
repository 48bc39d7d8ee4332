package dev.headgate.gateway.dispatch;

import com.google.protobuf.ByteString;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Usage;
import dev.headgate.core.route.LeaseKey;
import dev.headgate.core.route.PlacedLease;
import dev.headgate.core.route.PlacingRouter;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Part;
import dev.headgate.worker.protocol.PartAssembly;
import dev.headgate.worker.protocol.ProtocolViolation;
import dev.headgate.worker.protocol.ResultAck;
import dev.headgate.worker.protocol.TaskError;
import dev.headgate.worker.protocol.TaskResult;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Results of one worker, put together from their parts, handed to the router and acknowledged. Confined to the
 * connection's event loop.
 */
final class WorkerResults {
    /** What a worker says when the fault lies in the task's parameters. */
    private static final Set<String> CALLERS_FAULT = Set.of("text_too_long", "empty_text", "invalid_parameters");

    private static final int MAX_MESSAGE_CHARS = 4096;

    /** A worker has fewer leases than this, so that more half-sent results are a mistake. */
    private static final int MAX_INCOMING = 4096;

    private static final long LONGEST_RUN_MICROS = TimeUnit.DAYS.toMicros(1);

    private final long resultBytes;
    private final EndpointId worker;
    private final Consumer<Consumer<PlacingRouter>> tell;
    private final Consumer<Frame.Builder> reply;
    private final Map<LeaseKey, Incoming> incoming = new HashMap<>();

    /** Takes results of at most {@code resultBytes}; {@code tell} reaches the router as long as the connection is in use. */
    WorkerResults(
            long resultBytes,
            EndpointId worker,
            Consumer<Consumer<PlacingRouter>> tell,
            Consumer<Frame.Builder> reply) {
        this.resultBytes = resultBytes;
        this.worker = worker;
        this.tell = tell;
        this.reply = reply;
    }

    void result(TaskResult result) {
        if (result.getParts() == 0) {
            finish(result, result.getPayload(), result.getPayload().size() > resultBytes);
            return;
        }
        LeaseKey key = WorkerSessions.key(result.getLease());
        long announced = Integer.toUnsignedLong(result.getParts()) * WorkerProtocol.MAX_PART_BYTES;
        boolean tooLarge = announced - WorkerProtocol.MAX_PART_BYTES > resultBytes;
        if (incoming.size() >= MAX_INCOMING) {
            throw new ProtocolViolation(
                    WorkerProtocol.CLOSE_VIOLATION, "parts of more than " + MAX_INCOMING + " results are missing");
        }
        incoming.put(key, new Incoming(result, tooLarge ? null : new PartAssembly(result.getParts(), announced)));
    }

    void part(Part part) {
        Incoming open = incoming.get(WorkerSessions.key(part.getLease()));
        if (open == null) {
            throw new ProtocolViolation(WorkerProtocol.CLOSE_VIOLATION, "a part for a result that was not announced");
        }
        boolean last = open.assembly == null ? part.getLast() : open.assembly.add(part);
        if (last) {
            incoming.remove(WorkerSessions.key(part.getLease()));
            ByteString payload = open.assembly == null ? ByteString.EMPTY : open.assembly.payload();
            finish(open.result, payload, open.assembly == null || payload.size() > resultBytes);
        }
    }

    private void finish(TaskResult result, ByteString payload, boolean tooLarge) {
        LeaseKey key = WorkerSessions.key(result.getLease());
        long runNanos =
                TimeUnit.MICROSECONDS.toNanos(Math.clamp(result.getTiming().getRunUs(), 0, LONGEST_RUN_MICROS));
        Outcome outcome = tooLarge ? tooLarge() : outcome(result, runNanos);
        tell.accept(router -> {
            PlacedLease lease = router.currentLease(worker, key);
            if (lease != null && lease.call() instanceof TaskCall call) {
                call.gave(payload, runNanos);
            }
            router.taskEnded(worker, key, outcome, runNanos);
            reply.accept(Frame.newBuilder().setResultAck(ResultAck.newBuilder().addLeases(result.getLease())));
        });
    }

    private Outcome tooLarge() {
        String message = "the result is larger than " + resultBytes + " bytes";
        return new Outcome.Failed(Failure.of(FailureKind.RESULT_TOO_LARGE, message));
    }

    private static Outcome outcome(TaskResult result, long runNanos) {
        return switch (result.getStatus()) {
            case OK -> new Outcome.Completed(Usage.NONE, runNanos);
            case CANCELLED -> Outcome.CANCELLED;
            case ERROR, STATUS_UNSPECIFIED, UNRECOGNIZED -> new Outcome.Failed(failure(result.getError()));
        };
    }

    private static Failure failure(TaskError error) {
        String message = error.getMessage().isEmpty() ? "the task failed: " + error.getCode() : error.getMessage();
        FailureKind kind =
                CALLERS_FAULT.contains(error.getCode()) ? FailureKind.INVALID_REQUEST : FailureKind.TASK_FAILED;
        return Failure.of(kind, message.substring(0, Math.min(MAX_MESSAGE_CHARS, message.length())));
    }

    /** A result whose parts are on their way; without an assembly they are dropped, as they would be too large. */
    private record Incoming(TaskResult result, @Nullable PartAssembly assembly) {}
}
