package dev.headgate.worker;

import com.google.protobuf.ByteString;
import dev.headgate.worker.engine.Cancellation;
import dev.headgate.worker.engine.EngineTask;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.Part;
import dev.headgate.worker.protocol.PartAssembly;
import dev.headgate.worker.protocol.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tasks that were assigned together and run together. Owned by {@link TaskDesk}. */
final class TaskBatch {
    /** More than a dispatcher takes, whose limit on a task is 16 MiB; a part count beyond it is nonsense. */
    private static final long MAX_PAYLOAD_BYTES = 64L << 20;

    /** One task of the batch. */
    static final class Member {
        private final TaskSpec spec;
        private final Cancellation cancellation = new Cancellation();
        private @Nullable PartAssembly assembly;
        private ByteString payload;

        Member(TaskSpec spec) {
            this.spec = spec;
            this.payload = spec.getPayload();
            if (spec.getParts() != 0) {
                this.assembly = new PartAssembly(spec.getParts(), MAX_PAYLOAD_BYTES);
            }
        }

        Lease lease() {
            return spec.getLease();
        }

        /** Takes a part of the payload; one that nobody waits for, as after a cancel, is dropped. */
        void add(Part part) {
            PartAssembly waiting = assembly;
            if (waiting != null && waiting.add(part)) {
                payload = waiting.payload();
                assembly = null;
            }
        }

        void cancel() {
            assembly = null;
            cancellation.cancel();
        }

        boolean isAssembled() {
            return assembly == null;
        }

        EngineTask task() {
            return new EngineTask(spec.getTaskType(), payload, cancellation);
        }
    }

    private final Resident model;
    private final List<Member> members;
    private final long arrivedNanos;
    private long loadMicros;
    private boolean started;

    TaskBatch(Resident model, List<TaskSpec> specs, long arrivedNanos) {
        this.model = model;
        this.members = new ArrayList<>(specs.stream().map(Member::new).toList());
        this.arrivedNanos = arrivedNanos;
    }

    /** Makes the model stay for as long as this batch lasts. */
    void takeModel() {
        loadMicros = model.use();
    }

    /** Returns the load that this batch is the first to profit from, zero if it is not the first. */
    long loadMicros() {
        return loadMicros;
    }

    Resident model() {
        return model;
    }

    List<Member> members() {
        return members;
    }

    long arrivedNanos() {
        return arrivedNanos;
    }

    boolean isStarted() {
        return started;
    }

    /** Returns true once, when every payload is complete. */
    boolean startIfAssembled() {
        if (started || !members.stream().allMatch(Member::isAssembled)) {
            return false;
        }
        started = true;
        return true;
    }
}
