package dev.headgate.gateway.http;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;

/**
 * Why a request is refused before it is whole.
 *
 * @param status what it is answered with
 * @param failure what is said
 */
record Refusal(HttpResponseStatus status, Failure failure) {
    /** What came cannot be read as HTTP, or could be read in two ways. */
    static final Refusal NOT_HTTP = new Refusal(
            HttpResponseStatus.BAD_REQUEST, Failure.of(FailureKind.INVALID_REQUEST, "the request is not valid HTTP"));

    /** The method is for proxies and their diagnosis. */
    static final Refusal METHOD = new Refusal(
            HttpResponseStatus.METHOD_NOT_ALLOWED,
            Failure.of(FailureKind.METHOD_NOT_ALLOWED, "CONNECT and TRACE are not served"));

    static final Refusal HEAD_TOO_LONG = new Refusal(
            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            Failure.of(
                    FailureKind.INVALID_REQUEST,
                    "the request line or header is larger than " + HttpLimits.MAX_HEADER_BYTES + " bytes"));

    static final Refusal TOO_MANY_FIELDS = new Refusal(
            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            Failure.of(FailureKind.INVALID_REQUEST, "the header has more than " + HttpLimits.MAX_FIELDS + " fields"));

    static final Refusal UNAUTHORIZED = new Refusal(
            HttpResponseStatus.UNAUTHORIZED,
            Failure.of(FailureKind.UNAUTHORIZED, "the bearer token is missing or wrong"));

    static final Refusal NO_ROOM = new Refusal(
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            Failure.retryAfter(
                    FailureKind.OVERLOADED,
                    "the request bodies held by the gateway fill its memory for them",
                    Duration.ofSeconds(1)));

    /** Returns the refusal of a head that {@code why}, a clause, tells of. */
    static Refusal notHttp(String why) {
        return new Refusal(
                HttpResponseStatus.BAD_REQUEST,
                Failure.of(FailureKind.INVALID_REQUEST, "the request is not valid HTTP: " + why));
    }

    static Refusal tooLarge(long maxBytes, boolean isRelayed) {
        return new Refusal(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                Failure.of(
                        isRelayed ? FailureKind.REQUEST_TOO_LARGE : FailureKind.TOO_LARGE,
                        "the body is larger than " + maxBytes + " bytes"));
    }

    /** Returns the refusal of a client that was too slow with {@code what}. */
    static Refusal late(String what) {
        return new Refusal(
                HttpResponseStatus.REQUEST_TIMEOUT,
                Failure.of(FailureKind.INVALID_REQUEST, "the " + what + " did not arrive in time"));
    }

    /** Returns the answer, after which the connection ends. */
    FullHttpResponse answer(ErrorShape shape) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(shape.body(failure, ErrorShape.Subject.NONE)));
        response.headers()
                .set(ErrorShape.headers(failure))
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, "close");
        return response;
    }
}
