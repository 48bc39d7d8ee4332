package dev.headgate.lab.failover;

import java.util.List;
import java.util.Optional;

/**
 * What a gateway should make of a lane.
 *
 * @param refusal the provider's own answer that the caller should get as it is; empty if it should get a whole answer
 * @param limits what else is asked
 */
record Ideal(Optional<Refusal> refusal, List<Limit> limits) {
    Ideal {
        limits = List.copyOf(limits);
    }

    static Ideal wholeAnswer(Limit... limits) {
        return new Ideal(Optional.empty(), List.of(limits));
    }

    static Ideal refusal(int status, String code, String body, Limit... limits) {
        return new Ideal(Optional.of(new Refusal(status, code, body)), List.of(limits));
    }

    /** An error that is the provider's to tell; code is a word of it by which a changed body is known. */
    record Refusal(int status, String code, String body) {}
}
