package dev.headgate.worker;

import dev.headgate.worker.TaskBatch.Member;
import dev.headgate.worker.engine.EngineTask;
import dev.headgate.worker.engine.TaskOutcome;
import dev.headgate.worker.protocol.Assign;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.Part;
import dev.headgate.worker.protocol.TaskAccepted;
import dev.headgate.worker.protocol.TaskRejected;
import dev.headgate.worker.protocol.TaskSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts tasks, runs them and hands over their results.
 *
 * <p>Owned by the worker's serial executor; batches run on {@code runners} and come back to it. A batch takes one run
 * slot from the moment it is accepted until its results are handed over.
 */
final class TaskDesk {
    private static final Logger LOG = LoggerFactory.getLogger(TaskDesk.class);

    /** Where frames and finished results go. */
    interface Output {
        void send(Frame frame);

        void finished(UnackedResults.Kept result);

        /** Sends the result of a task that has ended and is not acknowledged; returns false if there is none. */
        boolean sendAgain(Lease lease);
    }

    private final Set<String> taskTypes;
    private final int maxBatches;
    private final ResidentModels models;
    private final Executor runners;
    private final Executor owner;
    private final Output output;
    private final Map<Lease, TaskBatch> batches = new LinkedHashMap<>();
    private int activeBatches;
    private boolean draining;

    /** At most {@code maxBatches} batches are accepted and not yet finished. */
    TaskDesk(
            List<String> taskTypes,
            int maxBatches,
            ResidentModels models,
            Executor runners,
            Executor owner,
            Output output) {
        this.taskTypes = Set.copyOf(taskTypes);
        this.maxBatches = maxBatches;
        this.models = models;
        this.runners = runners;
        this.owner = owner;
        this.output = output;
    }

    /** Answers each task of the command with Accepted or Rejected and starts those it accepted. */
    void assign(Assign command) {
        long arrivedNanos = System.nanoTime();
        Resident model = models.ready(command.getLabel());
        List<TaskSpec> accepted = new ArrayList<>();
        List<Frame> answers = new ArrayList<>();
        for (TaskSpec spec : command.getTasksList()) {
            if (batches.containsKey(spec.getLease())) {
                answers.add(accepted(spec.getLease()));
                continue;
            }
            if (output.sendAgain(spec.getLease())) {
                continue; // done before a reconnect: a task runs once per lease
            }
            String refusal = refusal(spec, model);
            if (refusal.isEmpty()) {
                accepted.add(spec);
            } else {
                answers.add(rejected(spec.getLease(), refusal));
            }
        }
        if (model != null && !accepted.isEmpty()) {
            TaskBatch batch = new TaskBatch(model, accepted, arrivedNanos);
            activeBatches++;
            batch.takeModel();
            for (TaskSpec spec : accepted) {
                batches.put(spec.getLease(), batch);
            }
            accepted.forEach(spec -> answers.add(accepted(spec.getLease())));
            answers.forEach(output::send);
            startIfAssembled(batch);
            return;
        }
        answers.forEach(output::send);
    }

    /** Takes a part of a payload; one for a task that is not here is dropped. */
    void add(Part part) {
        TaskBatch batch = batches.get(part.getLease());
        Member member = member(batch, part.getLease());
        if (batch != null && member != null) {
            member.add(part);
            startIfAssembled(batch);
        }
    }

    /** Stops a task; it ends as cancelled, or with its result if that was quicker. */
    void cancel(Lease lease) {
        TaskBatch batch = batches.get(lease);
        Member member = member(batch, lease);
        if (batch != null && member != null) {
            member.cancel();
            startIfAssembled(batch);
        }
    }

    /** Stops every task. */
    void cancelAll() {
        List.copyOf(batches.keySet()).forEach(this::cancel);
    }

    /** Forgets batches whose payloads cannot arrive any more: the dispatcher assigns them anew. */
    void connectionLost() {
        Set<TaskBatch> waiting = new LinkedHashSet<>(batches.values());
        waiting.removeIf(TaskBatch::isStarted);
        waiting.forEach(this::remove);
    }

    /** Rejects all tasks from here on. */
    void drain() {
        draining = true;
    }

    /** Returns the leases that are accepted and not finished. */
    Set<Lease> running() {
        return batches.keySet();
    }

    private String refusal(TaskSpec spec, @Nullable Resident model) {
        if (draining) {
            return "draining";
        }
        if (!taskTypes.contains(spec.getTaskType())) {
            return "unknown_type";
        }
        if (model == null) {
            return "not_loaded";
        }
        return activeBatches >= maxBatches ? "full" : "";
    }

    private void startIfAssembled(TaskBatch batch) {
        if (batch.startIfAssembled()) {
            List<EngineTask> tasks = batch.members().stream().map(Member::task).toList();
            runners.execute(() -> run(batch, tasks));
        }
    }

    private void run(TaskBatch batch, List<EngineTask> tasks) {
        long from = System.nanoTime();
        List<TaskOutcome> outcomes;
        try {
            outcomes = batch.model().model().run(tasks);
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            LOG.error("run failed unexpectedly: model={}", batch.model().label(), e);
            boolean memory = e instanceof OutOfMemoryError;
            TaskOutcome failed = new TaskOutcome.Failed(memory ? "out_of_memory" : "task_failed", e.toString(), memory);
            outcomes = tasks.stream().map(task -> failed).toList();
        }
        RunTimes times = new RunTimes(from - batch.arrivedNanos(), System.nanoTime() - from, batch.loadMicros());
        List<TaskOutcome> ended = outcomes;
        owner.execute(() -> finished(batch, ended, times));
    }

    private void finished(TaskBatch batch, List<TaskOutcome> outcomes, RunTimes times) {
        List<Member> members = batch.members();
        remove(batch);
        for (int i = 0; i < members.size(); i++) {
            output.finished(Results.of(members.get(i).lease(), outcomes.get(i), times, members.size()));
        }
    }

    private void remove(TaskBatch batch) {
        batch.members().forEach(member -> batches.remove(member.lease()));
        activeBatches--;
        models.release(batch.model());
    }

    private Frame accepted(Lease lease) {
        return Frame.newBuilder()
                .setAccepted(TaskAccepted.newBuilder().setLease(lease).setOngoing(batches.size()))
                .build();
    }

    private Frame rejected(Lease lease, String reason) {
        return Frame.newBuilder()
                .setRejected(TaskRejected.newBuilder()
                        .setLease(lease)
                        .setOngoing(batches.size())
                        .setReason(reason))
                .build();
    }

    private static @Nullable Member member(@Nullable TaskBatch batch, Lease lease) {
        return batch == null
                ? null
                : batch.members().stream()
                        .filter(member -> member.lease().equals(lease))
                        .findFirst()
                        .orElse(null);
    }
}
