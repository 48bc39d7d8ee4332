package dev.headgate.lab.failover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headgate.lab.provider.CanonicalAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a reception as a strict client of chat completions does. */
final class AnswerReader {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int SHOWN_CHARS = 120;

    private AnswerReader() {}

    static ReceivedAnswer read(Reception reception, boolean isStreamExpected) {
        if (reception.ending() == Reception.Ending.NEVER) {
            return ReceivedAnswer.wrong("no end after %.0f s".formatted(reception.seconds()));
        }
        if (reception.status() == 0) {
            return ReceivedAnswer.refused(
                    "no answer: " + reception.headers().getOrDefault("x-lab-broken-by", "connection closed"));
        }
        if (reception.status() != 200) {
            return ReceivedAnswer.refused(reception.status() + " " + shown(reception.body()));
        }
        if (!isStreamExpected) {
            return document(reception);
        }
        return reception.isStream()
                ? new StreamReading().read(reception)
                : ReceivedAnswer.wrong("no event stream but "
                        + reception.headers().getOrDefault("content-type", "nothing") + " " + shown(reception.body()));
    }

    private static ReceivedAnswer document(Reception reception) {
        if (reception.ending() != Reception.Ending.CLEAN) {
            return ReceivedAnswer.interrupted("the body broke off");
        }
        Optional<JsonNode> document = parse(reception.body());
        if (document.isEmpty()) {
            return ReceivedAnswer.wrong("no JSON: " + shown(reception.body()));
        }
        JsonNode choice = document.get().path("choices").path(0);
        String text = choice.path("message").path("content").asText();
        if (!text.equals(CanonicalAnswer.TEXT)) {
            return ReceivedAnswer.wrong(difference(text));
        }
        List<String> flaws = new ArrayList<>();
        long total = document.get().path("usage").path("total_tokens").asLong();
        flaw(flaws, total == 0, "no usage");
        flaw(flaws, !choice.path("finish_reason").asText().equals("stop"), "no finish_reason");
        return new ReceivedAnswer(
                ReceivedAnswer.Kind.WHOLE, document.get().path("model").asText(), total, flaws, "");
    }

    private static Optional<JsonNode> parse(String text) {
        try {
            return Optional.of(JSON.readTree(text)).filter(JsonNode::isObject);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static void flaw(List<String> flaws, boolean isThere, String flaw) {
        if (isThere) {
            flaws.add(flaw);
        }
    }

    private static String difference(String text) {
        if (CanonicalAnswer.TEXT.startsWith(text)) {
            return "truncated after %d of %d characters".formatted(text.length(), CanonicalAnswer.TEXT.length());
        }
        int same = 0;
        while (same < Math.min(text.length(), CanonicalAnswer.TEXT.length())
                && text.charAt(same) == CanonicalAnswer.TEXT.charAt(same)) {
            same++;
        }
        return "doubled or garbled after %d characters: %s".formatted(same, shown(text.substring(same)));
    }

    private static String shown(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
    }

    /** What the events of a stream add up to. */
    private static final class StreamReading {
        private final StringBuilder text = new StringBuilder();
        private final List<String> ids = new ArrayList<>();
        private String model = "";
        private String error = "";
        private long totalTokens;
        private int roles;
        private int finishes;
        private int dones;
        private boolean hasMoreAfterDone;

        private ReceivedAnswer read(Reception reception) {
            for (Reception.Event event : reception.events()) {
                hasMoreAfterDone |= dones > 0;
                if (event.data().equals("[DONE]")) {
                    dones++;
                    continue;
                }
                Optional<JsonNode> chunk = parse(event.data());
                if (chunk.isEmpty()) {
                    return ReceivedAnswer.wrong("garbage passed on: " + shown(event.data()));
                }
                if (event.name().equals("error") || chunk.get().hasNonNull("error")) {
                    error = shown(event.data());
                } else {
                    add(chunk.get());
                }
            }
            return verdict(reception.ending());
        }

        private void add(JsonNode chunk) {
            JsonNode choice = chunk.path("choices").path(0);
            text.append(choice.path("delta").path("content").asText(""));
            roles += choice.path("delta").hasNonNull("role") ? 1 : 0;
            finishes += choice.hasNonNull("finish_reason") ? 1 : 0;
            totalTokens = Math.max(
                    totalTokens, chunk.path("usage").path("total_tokens").asLong());
            if (chunk.hasNonNull("id") && !ids.contains(chunk.get("id").asText())) {
                ids.add(chunk.get("id").asText());
            }
            model = chunk.path("model").asText(model);
        }

        private ReceivedAnswer verdict(Reception.Ending ending) {
            boolean isWhole = text.toString().equals(CanonicalAnswer.TEXT);
            boolean isRaised = !error.isEmpty() || ending != Reception.Ending.CLEAN;
            if (isRaised && CanonicalAnswer.TEXT.startsWith(text.toString())) {
                return ReceivedAnswer.interrupted(
                        "after %d characters: %s".formatted(text.length(), error.isEmpty() ? "broke off" : error));
            }
            if (!isWhole) {
                return ReceivedAnswer.wrong(difference(text.toString()));
            }
            List<String> flaws = new ArrayList<>();
            flaw(flaws, dones != 1, dones + " [DONE]");
            flaw(flaws, hasMoreAfterDone, "events after [DONE]");
            flaw(flaws, finishes != 1, finishes + " finish_reasons");
            flaw(flaws, totalTokens == 0, "no usage");
            flaw(flaws, roles > 1, roles + " role chunks");
            flaw(flaws, ids.size() > 1, ids.size() + " ids");
            return new ReceivedAnswer(ReceivedAnswer.Kind.WHOLE, model, totalTokens, flaws, "");
        }
    }
}
