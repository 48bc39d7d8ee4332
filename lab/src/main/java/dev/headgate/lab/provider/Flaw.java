package dev.headgate.lab.provider;

import java.time.Duration;

/** What is wrong with an answer that began well. */
public sealed interface Flaw {
    /** Nothing. */
    record None() implements Flaw {}

    /** Some tokens, then silence for a while, then the end, with no mark of it. */
    record Cut(int afterTokens, Duration silence, Ending ending) implements Flaw {}

    /** One event carries {@code data}, which is not what it should be, in the place of a token or beside it. */
    record BrokenEvent(int token, String data, Place place) implements Flaw {}

    /** All tokens and the account, but no {@code [DONE]}. */
    record NoDone(Ending ending) implements Flaw {}

    /** Some tokens, then an event with an error object, then a clean end. */
    record ErrorEvent(int afterTokens, String data) implements Flaw {}

    /** Where a broken event stands. */
    enum Place {
        /** The token that it carries is lost. */
        INSTEAD,
        /** The token comes after it. */
        BESIDE
    }
}
