package dev.headgate.worker;

import com.google.protobuf.ByteString;
import dev.headgate.worker.engine.TaskOutcome;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.Parts;
import dev.headgate.worker.protocol.Status;
import dev.headgate.worker.protocol.TaskError;
import dev.headgate.worker.protocol.TaskResult;
import dev.headgate.worker.protocol.Timing;

/** Turns what an engine returned into what the dispatcher is told. */
final class Results {
    /** What of a message reaches the client. */
    private static final int MAX_MESSAGE_CHARS = 4096;

    private Results() {}

    /** Returns the result of one task of a batch of {@code batchSize}. */
    static UnackedResults.Kept of(Lease lease, TaskOutcome outcome, RunTimes times, int batchSize) {
        Timing.Builder timing = Timing.newBuilder()
                .setWaitUs(Math.max(0, times.waitNanos() / 1000))
                .setRunUs(times.runNanos() / 1000)
                .setLoadUs(times.loadMicros());
        TaskResult.Builder result = TaskResult.newBuilder().setLease(lease).setBatch(batchSize);
        ByteString payload = ByteString.EMPTY;
        switch (outcome) {
            case TaskOutcome.Succeeded succeeded -> {
                payload = succeeded.json();
                timing.setTokenizeUs(succeeded.tokenizeMicros());
                result.setStatus(Status.OK).setContentType("application/json");
            }
            case TaskOutcome.Failed failed -> result.setStatus(Status.ERROR).setError(error(failed));
            case TaskOutcome.Cancelled _ -> result.setStatus(Status.CANCELLED);
        }
        int parts = Parts.count(payload.size());
        if (parts == 0) {
            return new UnackedResults.Kept(
                    result.setTiming(timing).setPayload(payload).build(), ByteString.EMPTY);
        }
        return new UnackedResults.Kept(result.setTiming(timing).setParts(parts).build(), payload);
    }

    private static TaskError error(TaskOutcome.Failed failed) {
        String message = failed.message();
        return TaskError.newBuilder()
                .setCode(failed.code())
                .setMessage(message.length() > MAX_MESSAGE_CHARS ? message.substring(0, MAX_MESSAGE_CHARS) : message)
                .setRetryable(failed.isRetryable())
                .build();
    }
}
