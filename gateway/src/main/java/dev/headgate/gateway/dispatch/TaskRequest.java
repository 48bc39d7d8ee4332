package dev.headgate.gateway.dispatch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import dev.headgate.core.request.InferenceRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Reads the body of {@code POST /run-task}. Unknown fields are ignored; a wrong one is named. */
final class TaskRequest {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_NAME_CHARS = 256;

    private final Map<String, String> texts = new TreeMap<>();
    private long deadlineMillis = -1;
    private int priority;
    private boolean idempotent = true;

    private TaskRequest() {}

    /** Returns the task; throws IllegalArgumentException with a sentence that names the field that is wrong. */
    static Task parse(byte[] body, String tenant, TaskLimits limits) {
        TaskRequest request = new TaskRequest();
        try (JsonParser in = JSON.createParser(body)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("the body is not a JSON object");
            }
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                request.read(in, field);
            }
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("the body holds more than one JSON object");
            }
        } catch (JsonParseException e) {
            throw new IllegalArgumentException(
                    "the body is not JSON: line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr(),
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the body is not JSON", e);
        }
        return request.task(tenant, limits);
    }

    private void read(JsonParser in, String field) throws IOException {
        JsonToken token = in.nextToken();
        switch (field) {
            case "task_id", "task_type", "label", "parameters_json" -> {
                if (token == JsonToken.VALUE_STRING) {
                    texts.put(field, in.getText());
                } else if (token != JsonToken.VALUE_NULL) {
                    throw new IllegalArgumentException(field + " is not a string");
                }
            }
            case "deadline_ms" -> deadlineMillis = integer(in, field, token);
            case "priority" -> priority = Math.clamp(integer(in, field, token), -1000, 1000);
            case "idempotent" -> {
                if (!token.isBoolean()) {
                    throw new IllegalArgumentException("idempotent is not true or false");
                }
                idempotent = in.getBooleanValue();
            }
            default -> in.skipChildren();
        }
    }

    private static long integer(JsonParser in, String field, JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT || in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new IllegalArgumentException(field + " is not a whole number");
        }
        long value = in.getLongValue();
        if (field.equals("deadline_ms") && value <= 0) {
            throw new IllegalArgumentException("deadline_ms: " + value + " (expected: > 0)");
        }
        return value;
    }

    private Task task(String tenant, TaskLimits limits) {
        long longest = limits.maxDeadline().toMillis();
        if (deadlineMillis > longest) {
            throw new IllegalArgumentException("deadline_ms: " + deadlineMillis + " (expected: <= " + longest + ")");
        }
        if (priority < InferenceRequest.MIN_PRIORITY || priority > InferenceRequest.MAX_PRIORITY) {
            throw new IllegalArgumentException("priority: " + priority + " (expected: -10 to 10)");
        }
        String taskId = texts.getOrDefault("task_id", "");
        if (taskId.length() > MAX_NAME_CHARS) {
            throw new IllegalArgumentException("task_id has " + taskId.length() + " characters (expected: <= 256)");
        }
        String parameters = texts.getOrDefault("parameters_json", "{}");
        requireJson(parameters);
        return new Task(
                taskId.isEmpty() ? UUID.randomUUID().toString() : taskId,
                name("task_type"),
                name("label"),
                ByteString.copyFromUtf8(WellFormed.text(parameters)),
                priority,
                tenant,
                deadlineMillis < 0 ? limits.deadline() : Duration.ofMillis(deadlineMillis),
                idempotent);
    }

    private String name(String field) {
        String value = texts.get(field);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(field + " is missing");
        }
        if (value.length() > MAX_NAME_CHARS) {
            throw new IllegalArgumentException(field + " has " + value.length() + " characters (expected: <= 256)");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(field + " contains a control character");
        }
        return value;
    }

    private static void requireJson(String parameters) {
        try (JsonParser in = JSON.createParser(parameters)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("parameters_json does not hold a JSON object");
            }
            in.skipChildren();
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("parameters_json holds more than one JSON object");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("parameters_json does not hold valid JSON", e);
        }
    }
}
