package dev.headgate.worker.sleep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;

/**
 * The parameters of a {@code sleep} task.
 *
 * @param runNanos how long to run; -1 draws from the engine's run cost
 * @param echo returned as it came; a missing node is left out of the result
 * @param fail the message of the failure to end in; empty succeeds
 * @param crash halts the process at once
 */
record SleepParameters(long runNanos, JsonNode echo, String fail, boolean crash) {
    static final SleepParameters NONE = new SleepParameters(-1, MissingNode.getInstance(), "", false);

    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> KNOWN = List.of("run_ms", "echo", "fail", "crash");
    private static final double MAX_RUN_MILLIS = 86_400_000;

    /** Parses a JSON object; throws IllegalArgumentException naming the field that is wrong. */
    static SleepParameters parse(ByteString parameters) {
        JsonNode tree;
        try {
            tree = JSON.readTree(parameters.newInput());
        } catch (IOException e) {
            throw new IllegalArgumentException("parameters are not JSON", e);
        }
        if (!tree.isObject()) {
            throw new IllegalArgumentException("parameters are not a JSON object");
        }
        for (String name : (Iterable<String>) tree::fieldNames) {
            if (!KNOWN.contains(name)) {
                throw new IllegalArgumentException(
                        name + ": unknown parameter (expected: " + String.join(", ", KNOWN) + ")");
            }
        }
        return new SleepParameters(
                runNanos(tree.path("run_ms")),
                tree.path("echo"),
                fail(tree.path("fail")),
                tree.path("crash").asBoolean());
    }

    /** Returns the result object as UTF-8. */
    ByteString result(long sleptNanos) {
        var result = JSON.createObjectNode().put("slept_ms", sleptNanos / 1e6);
        if (!echo.isMissingNode()) {
            result.set("echo", echo);
        }
        try {
            return ByteString.copyFrom(JSON.writeValueAsBytes(result));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }

    private static long runNanos(JsonNode millis) {
        if (millis.isMissingNode() || millis.isNull()) {
            return -1;
        }
        if (!millis.isNumber() || !(millis.asDouble() >= 0 && millis.asDouble() <= MAX_RUN_MILLIS)) {
            throw new IllegalArgumentException(
                    "run_ms: " + millis + " (expected: a number from 0 to " + (long) MAX_RUN_MILLIS + ")");
        }
        return Math.round(millis.asDouble() * 1_000_000);
    }

    /** Takes a message, or {@code true} for a message of our own. */
    private static String fail(JsonNode fail) {
        return fail.isBoolean() ? (fail.asBoolean() ? "failed as asked" : "") : fail.asText("");
    }
}
