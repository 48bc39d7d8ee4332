package dev.headgate.core.route;

import dev.headgate.core.request.Failure;

/** What becomes of a call that was routed. */
public sealed interface Decision {
    /** It waits. */
    Waiting WAITING = new Waiting();

    /**
     * It may be sent.
     *
     * @param lease the right to send it, to be completed exactly once
     */
    record Routed(Lease lease) implements Decision {}

    /** It waits; {@link Call#granted} or {@link Call#ended} follows. */
    record Waiting() implements Decision {}

    /**
     * It is refused; nothing follows.
     *
     * @param failure why
     */
    record Refused(Failure failure) implements Decision {}
}
