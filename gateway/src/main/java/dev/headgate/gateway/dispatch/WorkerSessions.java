package dev.headgate.gateway.dispatch;

import com.google.protobuf.ByteString;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.route.LeaseKey;
import dev.headgate.core.route.PlacedLease;
import dev.headgate.core.route.WorkerPort;
import dev.headgate.worker.protocol.Assign;
import dev.headgate.worker.protocol.Cancel;
import dev.headgate.worker.protocol.Drain;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.LoadModel;
import dev.headgate.worker.protocol.Parts;
import dev.headgate.worker.protocol.TaskSpec;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connected workers, and the router's commands as frames. Changed in the dispatcher's context only, so that the router
 * and this map agree on which connection is in use.
 */
final class WorkerSessions implements WorkerPort {
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    private final Map<EndpointId, WorkerSession> byId = new HashMap<>();

    /** Sends to {@code session} from now on; returns the one that it replaces, or itself. */
    WorkerSession attach(WorkerSession session) {
        WorkerSession before = byId.put(session.id(), session);
        return before == null ? session : before;
    }

    /** Returns whether {@code session} is the one that its worker is known by. */
    boolean isInUse(WorkerSession session) {
        return byId.get(session.id()) == session;
    }

    /** Forgets {@code session}; returns whether it was the one in use. */
    boolean detach(WorkerSession session) {
        return byId.remove(session.id(), session);
    }

    /** Tells every worker that the dispatcher goes away. */
    void goAway() {
        byId.values().forEach(session -> session.close(WorkerProtocol.CLOSE_GOING_AWAY, "the dispatcher stops"));
    }

    @Override
    public void assign(PlacedLease lease) {
        TaskCall call = (TaskCall) lease.call();
        call.sent(lease);
        Task task = call.task();
        ByteString payload = task.parameters();
        int parts = Parts.count(payload.size());
        long remaining = call.request().deadline().remainingNanos(System.nanoTime());
        TaskSpec.Builder spec = TaskSpec.newBuilder()
                .setLease(wire(lease.key()))
                .setTaskId(task.taskId())
                .setTaskType(task.taskType())
                .setRemainingMs((int) Math.min(Integer.MAX_VALUE, remaining / 1_000_000))
                .setContentType("application/json")
                .setParts(parts);
        if (parts == 0) {
            spec.setPayload(payload);
        }
        WorkerSession session = byId.get(lease.endpoint());
        if (session != null) {
            session.send(Frame.newBuilder()
                    .setAssign(Assign.newBuilder().setLabel(lease.label()).addTasks(spec)));
            Parts.split(wire(lease.key()), payload)
                    .forEachRemaining(part -> session.send(Frame.newBuilder().setPart(part)));
        }
    }

    @Override
    public void load(EndpointId worker, String label, List<String> evicted) {
        send(
                worker,
                Frame.newBuilder()
                        .setLoad(LoadModel.newBuilder().setLabel(label).addAllEvict(evicted)));
    }

    @Override
    public void cancel(PlacedLease lease, String reason) {
        send(
                lease.endpoint(),
                Frame.newBuilder()
                        .setCancel(
                                Cancel.newBuilder().setLease(wire(lease.key())).setReason(reason)));
    }

    @Override
    public void drain(EndpointId worker) {
        send(worker, Frame.newBuilder().setDrain(Drain.newBuilder().setTimeoutMs((int) DRAIN_LIMIT.toMillis())));
    }

    @Override
    public void disconnect(EndpointId worker, String reason) {
        WorkerSession session = byId.get(worker);
        if (session != null && session.isWelcomed()) { // one that is just joining takes the place of the lost one
            session.close(WorkerProtocol.CLOSE_LOST, reason);
        }
    }

    private void send(EndpointId worker, Frame.Builder frame) {
        WorkerSession session = byId.get(worker);
        if (session != null) {
            session.send(frame);
        }
    }

    static Lease wire(LeaseKey key) {
        return Lease.newBuilder()
                .setTaskUid(key.taskUid())
                .setAttempt(key.attempt())
                .setToken(key.token())
                .build();
    }

    static LeaseKey key(Lease lease) {
        return new LeaseKey(lease.getTaskUid(), lease.getAttempt(), lease.getToken());
    }
}
