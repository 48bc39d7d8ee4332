package dev.headgate.gateway.dispatch;

import com.google.protobuf.ByteString;
import dev.headgate.core.request.Failure;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended.
 *
 * @param json the result object in UTF-8, empty after a failure
 * @param failure why there is no result, null if there is one
 * @param facts where and how it ran
 */
public record TaskResult(ByteString json, @Nullable Failure failure, Facts facts) {
    /**
     * Where and how a task ran.
     *
     * @param uid its name within the dispatcher, empty if it was refused at the door
     * @param worker the worker of the last attempt, empty if there was none
     * @param isLabelMiss whether a model was loaded for it
     * @param missCause why, in lower case; empty without a miss
     * @param waitNanos from arrival until it was sent, less the load
     * @param loadNanos the load, 0 without a miss
     * @param runNanos the run on the worker
     * @param attempts attempts begun
     * @param decision the explanation of the choice of its worker, empty if there is none
     */
    public record Facts(
            String uid,
            String worker,
            boolean isLabelMiss,
            String missCause,
            long waitNanos,
            long loadNanos,
            long runNanos,
            int attempts,
            String decision) {
        /** Nothing ran. */
        static final Facts NONE = new Facts("", "", false, "", 0, 0, 0, 0, "");
    }

    static TaskResult failed(Failure failure, Facts facts) {
        return new TaskResult(ByteString.EMPTY, failure, facts);
    }

    /** Returns the size instead of the result. */
    @Override
    public String toString() {
        return "TaskResult[" + json.size() + " bytes, " + failure + ", " + facts + "]";
    }
}
