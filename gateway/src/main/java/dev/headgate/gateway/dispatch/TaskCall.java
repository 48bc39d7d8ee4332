package dev.headgate.gateway.dispatch;

import com.google.protobuf.ByteString;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.Lease;
import dev.headgate.core.route.PlacedLease;
import dev.headgate.core.time.Deadline;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A task on its way through the router. Confined to the dispatcher's context but for its future. */
final class TaskCall extends Call {
    private final Task task;
    private final @Nullable WorkerRouter explainer;
    private final CompletableFuture<TaskResult> result = new CompletableFuture<>();
    private @Nullable PlacedLease lastLease;
    private ByteString json = ByteString.EMPTY;
    private long runNanos;

    /** Creates one; {@code explainer} names the explanations of its choices, null if none are asked for. */
    TaskCall(Task task, long nowNanos, @Nullable WorkerRouter explainer) {
        super(new InferenceRequest(
                task.taskId(),
                task.label(),
                task.taskType(),
                task.parameters().size(),
                task.priority(),
                task.tenant(),
                Deadline.after(nowNanos, task.deadline()),
                task.isIdempotent(),
                Prompt.NONE));
        this.task = task;
        this.explainer = explainer;
        if (explainer != null) {
            explain();
        }
    }

    Task task() {
        return task;
    }

    CompletableFuture<TaskResult> result() {
        return result;
    }

    /** Remembers the attempt that is about to be sent. */
    void sent(PlacedLease lease) {
        lastLease = lease;
    }

    /** Remembers what the worker gave, before the router is told. */
    void gave(ByteString payload, long nanos) {
        json = payload;
        runNanos = nanos;
    }

    void refused(Failure failure) {
        result.complete(TaskResult.failed(failure, TaskResult.Facts.NONE));
    }

    @Override
    protected void granted(Lease lease) {}

    @Override
    protected void ended(Outcome outcome) {
        TaskResult.Facts facts = facts();
        switch (outcome) {
            case Outcome.Completed _ -> result.complete(new TaskResult(json, null, facts));
            case Outcome.Failed failed -> result.complete(TaskResult.failed(failed.failure(), facts));
            case Outcome.Cancelled _ ->
                result.complete(TaskResult.failed(Failure.of(FailureKind.CANCELLED, "the caller went away"), facts));
            case Outcome.Throttled throttled ->
                result.complete(TaskResult.failed(
                        Failure.retryAfter(FailureKind.QUEUE_FULL, "the worker is full", throttled.retryAfter()),
                        facts));
        }
    }

    private TaskResult.Facts facts() {
        PlacedLease lease = lastLease;
        if (lease == null) {
            return TaskResult.Facts.NONE;
        }
        return new TaskResult.Facts(
                lease.key().taskUid(),
                lease.endpoint().value(),
                lease.isLabelMiss(),
                lease.missCause(),
                lease.waitNanos(),
                lease.loadNanos(),
                runNanos,
                attempts(),
                explainer == null ? "" : explainer.decision(explanationId()));
    }
}
