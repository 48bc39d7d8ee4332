package dev.headgate.client;

import dev.headgate.client.Transport.Exchange;
import dev.headgate.client.Transport.Outgoing;
import dev.headgate.client.Transport.Receiver;
import java.util.concurrent.Executor;

/**
 * Carries one request of the application to whichever servers the client says: for adapters that live within an HTTP stack
 * of the application and must stay on its thread. As an executor it runs what tells the subscriber of the answer's body.
 *
 * <p>There is one exchange at a time, as such requests are not hedged; {@link Exchange#cancel} of the last comes before the
 * next {@link #send}.
 */
public interface CallTransport extends Executor {
    /** Begins to send, as {@link Transport#send} does: returns at once, whoever calls. */
    Exchange send(Outgoing request, Receiver receiver);

    /** Returns whether the application has given its request up; asked each hundredth of a second, so it is quick. */
    boolean isCancelled();
}
