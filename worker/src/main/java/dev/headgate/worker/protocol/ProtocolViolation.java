package dev.headgate.worker.protocol;

/** The other end sent a frame that the protocol does not allow; it costs that connection and nothing else. */
public final class ProtocolViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int closeCode;

    /** Creates a violation that closes the connection with {@code closeCode}. */
    public ProtocolViolation(int closeCode, String message) {
        super(message);
        this.closeCode = closeCode;
    }

    /** Returns the WebSocket close code that answers this violation. */
    public int closeCode() {
        return closeCode;
    }
}
