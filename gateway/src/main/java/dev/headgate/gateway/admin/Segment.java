package dev.headgate.gateway.admin;

import dev.headgate.gateway.http.Exchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The segments of the paths below {@code /admin} that name something. */
enum Segment {
    /** The pool of a path about one, or the id of a decision. */
    THIRD(3),
    /** The backend, or what of a pool is meant. */
    FOURTH(4);

    private final int index;

    Segment(int index) {
        this.index = index;
    }

    /** Returns the segment, decoded if it can be. */
    String of(Exchange exchange) {
        String segment = exchange.path().split("/", -1)[index];
        try {
            // A plus sign stands for itself in a path.
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
