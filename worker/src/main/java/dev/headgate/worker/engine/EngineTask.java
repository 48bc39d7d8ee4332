package dev.headgate.worker.engine;

import com.google.protobuf.ByteString;

/**
 * One task of a batch.
 *
 * @param type one of {@link Engine#taskTypes()}
 * @param parameters the task's JSON object as UTF-8
 * @param cancellation cancelled when nobody waits for the outcome any more
 */
public record EngineTask(String type, ByteString parameters, Cancellation cancellation) {
    /** Returns the type and size; never the parameters, which may hold prompts. */
    @Override
    public String toString() {
        return "EngineTask[" + type + ", " + parameters.size() + " bytes]";
    }
}
