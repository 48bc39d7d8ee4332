package dev.headgate.lab.provider;

import java.util.List;

/** The canonical answer in the words of one API, event by event and as one document. */
interface Dialect {
    /** Returns the events before the first token, each ending in an empty line. */
    List<String> opening();

    /** Returns the event of one token. */
    String token(String token);

    /** Returns the events after the last token, without the mark of the end. */
    List<String> closing();

    /** Returns whether {@code data: [DONE]} marks the end. */
    boolean endsWithDone();

    /** Returns the answer as one document. */
    String whole();

    static String data(Object value) {
        return "data: " + Json.text(value) + "\n\n";
    }
}
