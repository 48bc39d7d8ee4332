package dev.headgate.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;

/** What a server answered. */
record Answer(int status, HttpHeaders headers, String body) {
    private static final JsonMapper JSON = new JsonMapper();

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("an answer that is not JSON: " + status + " " + body, e);
        }
    }

    /** Returns the sentence of an error, in the shape of either family of routes. */
    String message() {
        return json().path("error").path("message").asText();
    }

    /** Returns the error's code. */
    String code() {
        return json().path("error").path("code").asText();
    }

    /** Returns a header, empty if it is missing. */
    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** Returns the numbers of the only vector of {@code /v1/embeddings}. */
    float[] vector() {
        return floats(json().path("data").path(0).path("embedding"));
    }

    static float[] floats(JsonNode numbers) {
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }
}
