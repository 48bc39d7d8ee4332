package dev.headgate.client;

import dev.headgate.core.request.AttemptFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Carries one request to one server and brings the answer back. The client decides what is sent where; a transport follows
 * no redirect, keeps no cookie, inflates nothing and sends nothing twice. Thread-safe.
 */
public interface Transport extends AutoCloseable {
    /**
     * Begins to send. Returns at once; what comes is told to {@code receiver}, perhaps before this returns.
     *
     * @return what is in flight
     */
    Exchange send(Outgoing request, Receiver receiver);

    /** Ends what is in flight with an I/O error and gives resources back. Does not block for long. */
    @Override
    void close();

    /**
     * A request as it goes out.
     *
     * @param method of HTTP
     * @param uri where to
     * @param fields without {@code host}, {@code content-length} and what concerns one connection
     * @param body position to limit, backed by an array; empty if there is none
     * @param rest what follows {@code body}, of one that is too large to be kept; null = nothing
     * @param connectTimeout until the connection is there, for transports that can be told so for each request
     */
    record Outgoing(
            String method,
            URI uri,
            Fields fields,
            ByteBuffer body,
            @Nullable InputStream rest,
            Duration connectTimeout) {
        /** Shows where it goes; a query may have secrets, fields have. */
        @Override
        public String toString() {
            return method + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
        }
    }

    /** An exchange in flight. */
    interface Exchange {
        /** Asks for the next piece of the body, after {@link Receiver#answered} and then after each piece. */
        void more();

        /** Gives it up: the connection is closed or the stream reset. Without effect if it is over. */
        void cancel();
    }

    /** Hears of one exchange, from any thread, one call after another. Its methods are quick and throw nothing. */
    interface Receiver {
        /** The head of the answer came; 1xx are not told. */
        void answered(int status, Fields fields);

        /** A piece of the body came; it is the receiver's from now on. Told once for each {@link Exchange#more}. */
        void content(List<ByteBuffer> piece);

        /** The body ended as HTTP wants it; nothing follows. */
        void ended();

        /** It failed; nothing follows. */
        void failed(Broken broken);
    }

    /**
     * How an exchange failed.
     *
     * @param failure what kind it is
     * @param wasReused whether the connection had served before and was closed before the first byte of an answer: then
     *     the request was not seen
     * @param cause what the application is shown when nothing else is left
     */
    record Broken(
            AttemptFailure failure,
            boolean wasReused,
            @Nullable IOException cause) {
        /** Returns what {@code cause} says of an exchange of whose answer nothing had come. */
        public static Broken beforeAnswer(IOException cause) {
            return new Broken(kind(cause), false, cause);
        }

        /** Returns what {@code cause} says of an exchange that had the head of its answer. */
        public static Broken afterHead(IOException cause) {
            boolean isLate = cause instanceof SocketTimeoutException;
            return new Broken(isLate ? AttemptFailure.IDLE_TIMEOUT : AttemptFailure.CUT, false, cause);
        }

        private static AttemptFailure kind(IOException cause) {
            if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
                return AttemptFailure.CONNECT_REFUSED;
            }
            if (cause instanceof UnknownHostException) {
                return AttemptFailure.NAME_NOT_RESOLVED;
            }
            if (cause instanceof SSLException) {
                return AttemptFailure.TLS_FAILED;
            }
            if (cause instanceof ProtocolException) {
                return AttemptFailure.NOT_HTTP;
            }
            if (cause instanceof SocketTimeoutException) {
                return isOfConnecting(cause) ? AttemptFailure.CONNECT_TIMEOUT : AttemptFailure.RESPONSE_TIMEOUT;
            }
            return AttemptFailure.RESET_BEFORE_ANSWER;
        }

        /** The type is one for both; what the JDK and OkHttp say of it is not. */
        private static boolean isOfConnecting(IOException cause) {
            String message = cause.getMessage();
            return message != null && message.toLowerCase(Locale.ROOT).contains("connect");
        }
    }
}
