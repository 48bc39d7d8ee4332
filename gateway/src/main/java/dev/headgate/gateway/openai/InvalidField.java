package dev.headgate.gateway.openai;

/** A field of a request that cannot be; the message is for the caller. */
final class InvalidField extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String field;

    InvalidField(String field, String message) {
        super(message, null, false, false);
        this.field = field;
    }

    String field() {
        return field;
    }
}
