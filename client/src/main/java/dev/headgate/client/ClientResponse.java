package dev.headgate.client;

/**
 * An answer: that of the backend that served, or one of the client's own if none could.
 *
 * @param status 200–599
 * @param fields header fields; {@code x-headgate-backend} and {@code x-headgate-attempts} say who served and at which attempt
 * @param body arriving or whole; must be read to its end or closed
 */
public record ClientResponse(int status, Fields fields, ResponseBody body) implements AutoCloseable {
    /** Gives the rest of the body up; a request that is still being answered is cancelled. */
    @Override
    public void close() {
        body.close();
    }
}
