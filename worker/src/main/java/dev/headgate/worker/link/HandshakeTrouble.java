package dev.headgate.worker.link;

import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Says in one sentence why a dispatcher could not be reached. */
final class HandshakeTrouble {
    private HandshakeTrouble() {}

    static String describe(LinkOptions options, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        WebSocketHandshakeException handshake = handshakeIn(cause);
        if (handshake == null) {
            String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            return "cannot reach the dispatcher at " + options.dispatcher() + " (" + reason + ")";
        }
        int status = handshake.getResponse().statusCode();
        return switch (status) {
            case 401, 403 ->
                "the dispatcher at " + options.dispatcher() + " refuses worker " + options.workerId() + " (" + status
                        + "): "
                        + (options.tokenFile().isPresent()
                                ? "its token file holds no valid token"
                                : "it needs a token file");
            case 400 ->
                "the dispatcher at " + options.dispatcher() + " refuses worker " + options.workerId()
                        + " (400): it does not speak this worker's protocol or forbids this id";
            default -> "the address " + options.dispatcher() + " answers " + status + " and is no dispatcher's";
        };
    }

    private static @Nullable WebSocketHandshakeException handshakeIn(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof WebSocketHandshakeException handshake) {
                return handshake;
            }
        }
        return null;
    }
}
