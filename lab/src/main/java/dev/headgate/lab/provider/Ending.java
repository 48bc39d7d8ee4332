package dev.headgate.lab.provider;

/** How an answer that is not whole comes to its end. */
public enum Ending {
    /** As HTTP has it: the last chunk is sent. A body with a length cannot end cleanly when cut, and is closed. */
    CLEAN,
    /** The connection is closed in the middle of the body. */
    CLOSE,
    /** The connection is reset. */
    RESET,
    /** Nothing more comes and the connection stays open, for a minute or until the caller goes. */
    HOLD
}
