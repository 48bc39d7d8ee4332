package dev.headgate.worker.sleep;

import dev.headgate.worker.engine.EngineTask;
import dev.headgate.worker.engine.LoadedModel;
import dev.headgate.worker.engine.TaskOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A label of the sleep engine; holds no memory. */
final class SleepModel implements LoadedModel {
    /** What a further task adds to a batch, as a share of a single run: measured on the embedding models. */
    private static final double BATCH_SHARE = 0.48;

    private final Supplier<Duration> drawRun;

    SleepModel(Supplier<Duration> drawRun) {
        this.drawRun = drawRun;
    }

    @Override
    public String version() {
        return "";
    }

    @Override
    public List<TaskOutcome> run(List<EngineTask> batch) {
        List<Planned> plans = new ArrayList<>();
        Duration longest = Duration.ZERO;
        for (EngineTask task : batch) {
            Planned plan = plan(task);
            plans.add(plan);
            longest = plan.cost().compareTo(longest) > 0 ? plan.cost() : longest;
        }
        long nanos = Math.round(longest.toNanos() * (1 + BATCH_SHARE * (batch.size() - 1)));
        long sleptNanos = sleep(nanos, batch);
        return plans.stream().map(plan -> plan.outcome(sleptNanos)).toList();
    }

    @Override
    public void close() {}

    private Planned plan(EngineTask task) {
        try {
            SleepParameters parameters = SleepParameters.parse(task.parameters());
            if (parameters.crash()) {
                Runtime.getRuntime().halt(70); // a test's way to lose a worker: no handler, no goodbye
            }
            Duration cost = parameters.runNanos() >= 0 ? Duration.ofNanos(parameters.runNanos()) : drawRun.get();
            return new Planned(task, cost, parameters, "");
        } catch (IllegalArgumentException e) {
            return new Planned(task, Duration.ZERO, SleepParameters.NONE, String.valueOf(e.getMessage()));
        }
    }

    /** Waits until the time is over or every task of the batch is cancelled; returns the nanoseconds waited. */
    private static long sleep(long nanos, List<EngineTask> batch) {
        CountDownLatch wanted = new CountDownLatch(batch.size());
        batch.forEach(task -> task.cancellation().onCancel(wanted::countDown));
        long from = System.nanoTime();
        try {
            if (nanos > 0) {
                boolean cancelled = wanted.await(nanos, TimeUnit.NANOSECONDS);
                assert !cancelled || wanted.getCount() == 0;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return System.nanoTime() - from;
    }

    /** @param refusal why the parameters are bad, empty if they are not */
    private record Planned(EngineTask task, Duration cost, SleepParameters parameters, String refusal) {
        TaskOutcome outcome(long sleptNanos) {
            if (!refusal.isEmpty()) {
                return new TaskOutcome.Failed("invalid_parameters", refusal, false);
            }
            if (task.cancellation().isCancelled()) {
                return new TaskOutcome.Cancelled();
            }
            String fail = parameters.fail();
            if (!fail.isEmpty()) {
                return new TaskOutcome.Failed("task_failed", fail, false);
            }
            return new TaskOutcome.Succeeded(parameters.result(sleptNanos), 0);
        }
    }
}
