package dev.headgate.lab.failover;

import java.util.List;

/**
 * What a reception amounts to.
 *
 * @param kind what a client would make of it
 * @param model who says that it answered; empty if nobody
 * @param totalTokens the account's total; 0 if there is none
 * @param flaws where a whole answer departs from the protocol
 * @param note what is wrong, if something is; empty for a whole answer
 */
record ReceivedAnswer(Kind kind, String model, long totalTokens, List<String> flaws, String note) {
    ReceivedAnswer {
        flaws = List.copyOf(flaws);
    }

    /** The kinds of answers. */
    enum Kind {
        /** All of the canonical text, once, and a clean end. */
        WHOLE,
        /** A status other than 200. */
        REFUSED,
        /** A beginning of the text and then an error that every client raises. */
        INTERRUPTED,
        /** What a client takes for whole and is not, or no end. */
        WRONG
    }

    static ReceivedAnswer refused(String note) {
        return new ReceivedAnswer(Kind.REFUSED, "", 0, List.of(), note);
    }

    static ReceivedAnswer interrupted(String note) {
        return new ReceivedAnswer(Kind.INTERRUPTED, "", 0, List.of(), note);
    }

    static ReceivedAnswer wrong(String note) {
        return new ReceivedAnswer(Kind.WRONG, "", 0, List.of(), note);
    }
}
