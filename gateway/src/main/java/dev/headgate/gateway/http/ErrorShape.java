package dev.headgate.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** How a failure is written: OpenAI's error object, or that of smart-routing's routes. */
public enum ErrorShape {
    /** {@code {"error":{"message","type","param","code"}}}. */
    OPENAI {
        @Override
        void write(JsonGenerator json, Failure failure, Subject subject) throws IOException {
            json.writeObjectFieldStart("error");
            json.writeStringField("message", failure.message());
            json.writeStringField("type", failure.kind().openAiType());
            if (subject.name().isEmpty()) {
                json.writeNullField("param");
            } else {
                json.writeStringField("param", subject.name());
            }
            json.writeStringField("code", failure.kind().openAiCode());
            json.writeEndObject();
        }
    },
    /** {@code {"message","error":{"code","message","retryable","task_id","attempts"}}}. */
    TASK {
        @Override
        void write(JsonGenerator json, Failure failure, Subject subject) throws IOException {
            json.writeStringField("message", failure.message());
            json.writeObjectFieldStart("error");
            json.writeStringField("code", failure.kind().code());
            json.writeStringField("message", failure.message());
            json.writeBooleanField("retryable", failure.kind().isRetryable());
            if (!subject.name().isEmpty()) {
                json.writeStringField("task_id", subject.name());
                json.writeNumberField("attempts", subject.attempts());
            }
            json.writeEndObject();
        }
    };

    private static final JsonFactory JSON = new JsonFactory();

    abstract void write(JsonGenerator json, Failure failure, Subject subject) throws IOException;

    /** Returns the body. */
    public byte[] body(Failure failure, Subject subject) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            write(json, failure, subject);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Returns the headers that tell a client when to try again: on 429 and 503 {@code Retry-After}, whole seconds from 1 to
     * 59 because some clients ignore more, and {@code retry-after-ms}; on other server errors that it should not, as the
     * attempts were made here; on 401 which credential is asked for.
     */
    public static HttpHeaders headers(Failure failure) {
        HttpHeaders headers = new DefaultHttpHeaders();
        FailureKind kind = failure.kind();
        if (kind.httpStatus() == 429 || kind.httpStatus() == 503) {
            Duration wait = failure.retryAfter().compareTo(Duration.ofSeconds(1)) < 0
                    ? Duration.ofSeconds(1)
                    : failure.retryAfter();
            long seconds = Math.min(59, wait.plusMillis(999).toSeconds());
            headers.set("retry-after", Long.toString(seconds));
            headers.set("retry-after-ms", Long.toString(Math.min(59_000, wait.toMillis())));
        } else if (kind.httpStatus() >= 500) {
            headers.set("x-should-retry", "false");
        } else if (kind == FailureKind.UNAUTHORIZED) {
            headers.set("www-authenticate", "Bearer");
        }
        return headers;
    }

    /**
     * What a failure is about.
     *
     * @param name the parameter or the task, empty if neither is known
     * @param attempts attempts begun of the task
     */
    public record Subject(String name, int attempts) {
        /** Nothing in particular. */
        public static final Subject NONE = new Subject("", 0);

        /** Returns the parameter of that name. */
        public static Subject parameter(String name) {
            return new Subject(name, 0);
        }
    }
}
