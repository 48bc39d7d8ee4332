package dev.headgate.worker.link;

import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Hello;

/** What a link tells its owner. Called on the owner's executor, one call at a time. */
public interface LinkListener {
    /** A connection was opened; returns what to say first. */
    Hello opened();

    /** A frame arrived. A {@link dev.headgate.worker.protocol.ProtocolViolation} thrown here ends the connection. */
    void received(Frame frame);

    /** The connection ended with a close code, 1006 if it broke. The link connects anew unless it is closed. */
    void closed(int code);
}
