package dev.headgate.lab.provider;

import java.util.List;

/** What is left to say: a model that is given the beginning of its answer as the last message goes on from there. */
final class Continuation {
    private Continuation() {}

    /** Returns the tokens that answer this try. */
    static List<String> tokens(Arrival arrival) {
        String begun = arrival.lastMessage().path("content").asText();
        if (!arrival.endsWithAssistant() || !CanonicalAnswer.TEXT.startsWith(begun)) {
            return CanonicalAnswer.TOKENS;
        }
        return CanonicalAnswer.split(CanonicalAnswer.TEXT.substring(begun.length()));
    }
}
