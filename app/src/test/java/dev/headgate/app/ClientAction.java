package dev.headgate.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One thing that a client library is told to do, {@code CLIENT/VERB/MODEL} on the command line of its program.
 *
 * @param client which library
 * @param verb what to do
 * @param model whom to ask
 */
record ClientAction(PeerClient client, Verb verb, String model) {
    /** What clients do. */
    enum Verb {
        /** One answer as a whole. */
        CHAT,
        /** One answer piece by piece. */
        STREAM,
        /** The vectors of two texts. */
        EMBED,
        /** As {@link #STREAM}, but the client loses interest after the first piece. */
        CANCEL
    }

    @Override
    public String toString() {
        return client.word() + "/" + verb.name().toLowerCase(Locale.ROOT) + "/" + model;
    }

    /**
     * What the client's user got. Every program prints these fields as one JSON line; those that do not apply are left
     * out.
     *
     * @param text the answer, all pieces of it
     * @param pieces how many pieces with text there were
     * @param finish why the answer ended, as the library says
     * @param model who answered, as the library says
     * @param tokens how many tokens the answer had, as the library says; 0 if it does not
     * @param vectors what texts were turned into
     * @param error the message of what the library threw; empty if nothing
     * @param cancelledAtMillis wall time when the user lost interest
     */
    record Seen(
            String text,
            int pieces,
            String finish,
            String model,
            int tokens,
            List<List<Float>> vectors,
            String error,
            long cancelledAtMillis) {
        Seen {
            vectors = List.copyOf(vectors);
        }

        static Seen of(JsonNode line) {
            List<List<Float>> vectors = new ArrayList<>();
            line.path("vectors").forEach(vector -> vectors.add(EmbeddingsSeen.floats(vector)));
            return new Seen(
                    line.path("text").asText(),
                    line.path("pieces").asInt(),
                    line.path("finish").asText(),
                    line.path("model").asText(),
                    line.path("tokens").asInt(),
                    vectors,
                    line.path("error").asText(),
                    line.path("cancelledAtMillis").asLong());
        }
    }
}
