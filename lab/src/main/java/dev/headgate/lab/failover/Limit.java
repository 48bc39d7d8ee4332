package dev.headgate.lab.failover;

import dev.headgate.lab.provider.CanonicalAnswer;
import dev.headgate.lab.provider.Try;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** One thing that the ideal asks beyond a whole answer. */
@FunctionalInterface
interface Limit {
    /** Returns how it was missed; empty if it was met. */
    Optional<String> missed(Evidence evidence);

    static Limit primaryTries(int least, int most) {
        return within("primary tries", e -> e.primary().size(), least, most);
    }

    static Limit fallbackTries(int least, int most) {
        return within("fallback tries", e -> e.fallback().size(), least, most);
    }

    static Limit seconds(double most) {
        return within("seconds in all", e -> e.reception().seconds(), 0, most);
    }

    /** The second primary try comes that long after the first, and none sooner. */
    static Limit secondTryAfter(double least, double most) {
        return within(
                "seconds to the second primary try",
                e -> e.primary().size() < 2
                        ? Double.NaN
                        : e.sinceFirst(e.primary().get(1)),
                least,
                most);
    }

    /** What the gateway adds to the time in which the fallback answers. */
    static Limit secondsBesideTheFallback(double most) {
        return within(
                "seconds beside the fallback's own",
                e -> e.fallback().isEmpty()
                        ? Double.NaN
                        : e.reception().seconds()
                                - e.fallback().getLast().took().toNanos() / 1e9,
                Double.NEGATIVE_INFINITY,
                most);
    }

    /** The first primary try is given up, which the provider sees as a close. */
    static Limit firstTryCancelledAfter(double least, double most) {
        return evidence ->
                evidence.primary().isEmpty() || evidence.primary().getFirst().state() != Try.State.CALLER_GONE
                        ? Optional.of("the silent try was not cancelled")
                        : within(
                                        "seconds until the silent try was cancelled",
                                        e -> e.primary().getFirst().took().toNanos() / 1e9,
                                        least,
                                        most)
                                .missed(evidence);
    }

    /** The stream ends soon after its last token. */
    static Limit secondsAfterTheLastToken(double most) {
        return within(
                "seconds from the last token to the end",
                e -> {
                    long lastToken = e.reception().events().stream()
                            .filter(event -> event.data().contains("\"content\":\""))
                            .mapToLong(Reception.Event::nanos)
                            .max()
                            .orElse(0);
                    return (e.reception().endedNanos() - lastToken) / 1e9;
                },
                0,
                most);
    }

    static Limit answeredByPrimary() {
        return evidence -> answeredBy(evidence.answer(), evidence.models().primary());
    }

    static Limit answeredByFallback() {
        return evidence -> answeredBy(evidence.answer(), evidence.models().fallback());
    }

    /** The account is the fallback's alone: its prompt and one answer. */
    static Limit accountOfTheFallback() {
        return within(
                "tokens more than the fallback's",
                e -> e.answer().totalTokens()
                        - CanonicalAnswer.promptTokens(e.models().fallback())
                        - CanonicalAnswer.TOKENS.size(),
                0,
                0);
    }

    /** Returns a limit on a figure; a figure that is not a number misses it. */
    static Limit within(String figure, ToDoubleFunction<Evidence> reading, double least, double most) {
        return evidence -> {
            double value = reading.applyAsDouble(evidence);
            return value >= least && value <= most
                    ? Optional.empty()
                    : Optional.of(
                            least == most || least == 0 || Double.isInfinite(least)
                                    ? "%s: %s (ideal: %s%s)"
                                            .formatted(figure, number(value), least == most ? "" : "<= ", number(most))
                                    : "%s: %s (ideal: %s to %s)"
                                            .formatted(figure, number(value), number(least), number(most)));
        };
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : "%.2f".formatted(value);
    }

    private static Optional<String> answeredBy(ReceivedAnswer answer, String model) {
        return answer.model().equals(model)
                ? Optional.empty()
                : Optional.of("answered by " + answer.model() + " (ideal: " + model + ")");
    }
}
