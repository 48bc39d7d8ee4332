package dev.headgate.lab.failover;

/** The request of every lane. */
final class ChatRequest {
    private ChatRequest() {}

    static String body(String model, boolean streams) {
        String messages = "[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                + "{\"role\":\"user\",\"content\":\"What does a gate do?\"}]";
        return "{\"model\":\"%s\",\"messages\":%s,\"temperature\":0,\"max_tokens\":256%s}"
                .formatted(
                        model, messages, streams ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "");
    }
}
