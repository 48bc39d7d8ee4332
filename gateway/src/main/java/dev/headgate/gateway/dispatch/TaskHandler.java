package dev.headgate.gateway.dispatch;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.gateway.http.ErrorShape;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.http.Handler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/** {@code POST /run-task}: smart-routing's synchronous task, dispatch.md §2. */
public final class TaskHandler implements Handler {
    private final Dispatcher dispatcher;
    private final TaskLimits limits;

    /** Creates the handler. */
    public TaskHandler(Dispatcher dispatcher, TaskLimits limits) {
        this.dispatcher = dispatcher;
        this.limits = limits;
    }

    @Override
    public void handle(Exchange exchange) {
        Task task;
        try {
            task = TaskRequest.parse(exchange.body(), exchange.tenant(), limits);
        } catch (IllegalArgumentException e) {
            exchange.fail(Failure.of(FailureKind.INVALID_REQUEST, String.valueOf(e.getMessage())));
            return;
        }
        boolean explains = exchange.header("x-headgate-explain").orElse("").equals("1");
        Dispatcher.RunningTask running = explains ? dispatcher.runExplained(task) : dispatcher.run(task);
        exchange.onGone(running.cancel());
        var _ = running.result().thenAcceptAsync(result -> answer(exchange, task, result), exchange.loop());
    }

    private static void answer(Exchange exchange, Task task, TaskResult result) {
        HttpHeaders headers = headers(result.facts());
        Failure failure = result.failure();
        if (failure == null) {
            exchange.answer(200, headers, result.json().toByteArray());
        } else {
            exchange.fail(
                    failure,
                    new ErrorShape.Subject(task.taskId(), result.facts().attempts()),
                    headers);
        }
    }

    /** Returns what is said of where and how a task ran; empty if it was refused at the door. */
    public static HttpHeaders headers(TaskResult.Facts facts) {
        HttpHeaders headers = new DefaultHttpHeaders();
        if (facts.uid().isEmpty()) {
            return headers;
        }
        headers.set("x-headgate-task-uid", facts.uid())
                .set("x-headgate-worker", facts.worker())
                .set("x-headgate-label-miss", Boolean.toString(facts.isLabelMiss()))
                .set("x-headgate-wait-ms", millis(facts.waitNanos()))
                .set("x-headgate-load-ms", millis(facts.loadNanos()))
                .set("x-headgate-run-ms", millis(facts.runNanos()))
                .set("x-headgate-attempts", Integer.toString(facts.attempts()));
        if (!facts.decision().isEmpty()) {
            headers.set("x-headgate-decision", facts.decision());
        }
        if (facts.isLabelMiss()) {
            headers.set("x-headgate-miss-cause", facts.missCause());
        }
        return headers;
    }

    private static String millis(long nanos) {
        long micros = nanos / 1000;
        String fraction = Long.toString(1000 + micros % 1000);
        return micros / 1000 + "." + fraction.substring(1);
    }
}
