package dev.headgate.lab.provider;

import java.time.Duration;
import java.util.Map;

/** How the provider treats one try. */
public sealed interface Conduct {
    /** A status other than 200 with a body, at once. */
    record Refusal(int status, Map<String, String> headers, String body) implements Conduct {
        /** Copies the headers. */
        public Refusal {
            headers = Map.copyOf(headers);
        }
    }

    /** The request is read and the connection reset before a byte of an answer. */
    record Reset() implements Conduct {}

    /** The request is read and nothing comes, until the connection is closed. */
    record Silence(Duration duration) implements Conduct {}

    /**
     * The canonical answer, more or less.
     *
     * @param firstTokenAfter what passes between the head, which comes at once, and the first token
     * @param pace what passes between two tokens
     * @param flaw what goes wrong
     */
    record Answer(Duration firstTokenAfter, Duration pace, Flaw flaw) implements Conduct {
        /** The same with another flaw. */
        public Answer with(Flaw other) {
            return new Answer(firstTokenAfter, pace, other);
        }
    }

    /** Returns the whole answer at its usual pace. */
    static Answer answer() {
        Duration pace = Duration.ofMillis(CanonicalAnswer.PACE_MILLIS);
        return new Answer(pace, pace, new Flaw.None());
    }

    /** Returns a refusal in OpenAI's shape. */
    static Refusal refusal(int status, String type, String code, String message) {
        return new Refusal(status, Map.of(), Json.error(type, code, message));
    }
}
