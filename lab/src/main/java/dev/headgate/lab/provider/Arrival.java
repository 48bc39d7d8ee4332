package dev.headgate.lab.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * What a script sees of a try.
 *
 * @param index how many tries the model had before
 * @param sinceFirst what has passed since the model's first try
 * @param body the request; an empty object if it is no JSON
 */
public record Arrival(int index, Duration sinceFirst, JsonNode body) {
    /** Returns whether the last message speaks as the assistant, which asks to continue it. */
    public boolean endsWithAssistant() {
        return lastMessage().path("role").asText().equals("assistant");
    }

    /** Returns the last message, or a missing node. */
    JsonNode lastMessage() {
        JsonNode messages = body.path("messages");
        return messages.path(messages.size() - 1);
    }
}
