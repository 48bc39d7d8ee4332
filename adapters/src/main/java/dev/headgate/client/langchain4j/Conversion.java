package dev.headgate.client.langchain4j;

import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.Fields;
import dev.headgate.client.RequestBody;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Requests and heads of answers, between LangChain4j's types and ours. */
final class Conversion {
    private Conversion() {}

    static ClientRequest request(HttpRequest request) {
        boolean isForm =
                !request.formDataFields().isEmpty() || !request.formDataFiles().isEmpty();
        Fields.Builder fields = fields(request.headers());
        RequestBody body;
        if (isForm) {
            Multipart form = Multipart.of(request.formDataFields(), request.formDataFiles());
            fields.set("Content-Type", form.contentType());
            body = RequestBody.of(form.content());
        } else {
            String text = request.body();
            body = text == null ? RequestBody.NONE : RequestBody.of(text.getBytes(StandardCharsets.UTF_8));
        }
        return new ClientRequest(request.method().name(), request.url(), fields.build(), body, Duration.ZERO);
    }

    private static Fields.Builder fields(Map<String, List<String>> headers) {
        Fields.Builder fields = Fields.builder();
        headers.forEach((name, values) -> values.forEach(value -> fields.add(name, value)));
        return fields;
    }

    static boolean isSuccess(ClientResponse response) {
        return response.status() >= 200 && response.status() < 300;
    }

    /** Returns the head of a success; whoever has its body adds it. */
    static SuccessfulHttpResponse.Builder head(ClientResponse response) {
        Fields fields = response.fields();
        Map<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < fields.size(); i++) {
            lines.computeIfAbsent(fields.name(i).toLowerCase(Locale.ROOT), first -> new ArrayList<>(1))
                    .add(fields.value(i));
        }
        return SuccessfulHttpResponse.builder().statusCode(response.status()).headers(lines);
    }

    /** Returns after which time an overloaded answer asks to come back, zero if it does not. */
    static Duration wait(ClientResponse response) {
        Fields fields = response.fields();
        boolean mayPass = response.status() == 429 || response.status() == 503;
        if (!mayPass || "false".equals(fields.first("x-should-retry"))) {
            return Duration.ZERO;
        }
        long millis = number(fields.first("retry-after-ms"));
        return millis > 0
                ? Duration.ofMillis(millis)
                : Duration.ofSeconds(Math.max(0, number(fields.first("retry-after"))));
    }

    /** Returns a whole number of at most nine digits, −1 if it is none. */
    private static long number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,9}") ? Long.parseLong(text) : -1;
    }
}
