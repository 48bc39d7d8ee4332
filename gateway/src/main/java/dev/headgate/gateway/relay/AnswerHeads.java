package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Step.Advice;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.request.Failure;
import dev.headgate.gateway.http.ErrorShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/** The heads and the bodies of our own that callers see (gateway.md §7, §13 and §16). */
final class AnswerHeads {
    private static final AsciiString REQUEST_ID = AsciiString.cached("x-headgate-request-id");
    private static final AsciiString BACKEND = AsciiString.cached("x-headgate-backend");
    private static final AsciiString ATTEMPTS = AsciiString.cached("x-headgate-attempts");
    private static final AsciiString TRAIL = AsciiString.cached("x-headgate-trail");
    private static final AsciiString UPSTREAM_MS = AsciiString.cached("x-headgate-upstream-ms");
    private static final AsciiString DECISION = AsciiString.cached("x-headgate-decision");
    private static final AsciiString REASON = AsciiString.cached("x-headgate-reason");
    private static final AsciiString SHOULD_RETRY = AsciiString.cached("x-should-retry");
    private static final AsciiString RETRY_AFTER_MS = AsciiString.cached("retry-after-ms");
    private static final AsciiString OVERLOADED = AsciiString.cached("x-envoy-overloaded");
    private static final byte[] ENVOY_OVERFLOW =
            "upstream connect error or disconnect/reset before headers. reset reason: overflow"
                    .getBytes(StandardCharsets.US_ASCII);

    private AnswerHeads() {}

    /** Makes an upstream's head one that a caller may see. */
    static void filter(HttpHeaders headers) {
        HopFields.strip(headers);
        headers.remove(HttpHeaderNames.SET_COOKIE);
    }

    /** Returns the head of an answer of our own. */
    static HttpResponse own(int status, CharSequence contentType) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        return head;
    }

    /** Returns the head of an answer that refuses. */
    static HttpResponse refusal(Failure failure, Advice advice, BreakerSettings.Body overload) {
        boolean isEnvoys = advice.isOverload() && overload == BreakerSettings.Body.ENVOY;
        HttpResponse head = own(failure.kind().httpStatus(), isEnvoys ? "text/plain" : "application/json");
        if (advice.isOverload()) {
            head.headers().set(OVERLOADED, "true");
        }
        return head;
    }

    /** Returns the body of an answer that refuses. */
    static ByteBuf refusalBody(Failure failure, Advice advice, BreakerSettings.Body overload) {
        boolean isEnvoys = advice.isOverload() && overload == BreakerSettings.Body.ENVOY;
        return Unpooled.wrappedBuffer(
                isEnvoys ? ENVOY_OVERFLOW : ErrorShape.OPENAI.body(failure, ErrorShape.Subject.NONE));
    }

    /** Tells a caller when to try again, and why it was refused. */
    static void advise(HttpHeaders headers, int status, Advice advice) {
        if (status == 429 || status == 503) {
            headers.remove(SHOULD_RETRY);
        }
        if (advice.waitMillis() > 0) {
            headers.set(HttpHeaderNames.RETRY_AFTER, Long.toString((advice.waitMillis() + 999) / 1000));
            headers.set(RETRY_AFTER_MS, Long.toString(advice.waitMillis()));
            headers.remove(SHOULD_RETRY);
        }
        if (advice.shouldNotRetry()) {
            headers.set(SHOULD_RETRY, "false");
        }
        if (!advice.reason().isEmpty()) {
            headers.set(REASON, advice.reason());
        }
    }

    /** Names the reason of an answer of our own. */
    static void explain(HttpHeaders headers, Failure failure, Advice advice) {
        if (advice.reason().isEmpty()) {
            headers.set(REASON, failure.kind().openAiCode());
        }
    }

    /** Says which request it was, who answered it and at which attempt. */
    static void identify(HttpHeaders headers, PoolEdge.Expose expose, String requestId, String backend, int attempts) {
        if (expose == PoolEdge.Expose.NONE) {
            return;
        }
        headers.set(REQUEST_ID, requestId);
        if (!backend.isEmpty()) {
            headers.set(BACKEND, backend);
        }
        headers.set(ATTEMPTS, Integer.toString(attempts));
    }

    /** Says what to ask the admin API for. */
    static void explained(HttpHeaders headers, String decision) {
        headers.set(DECISION, decision);
    }

    /** Says how each attempt went and how long the last one took. */
    static void trace(HttpHeaders headers, Trail trail, long upstreamNanos) {
        headers.set(TRAIL, trail.toString());
        headers.set(UPSTREAM_MS, Long.toString(upstreamNanos / 1_000_000));
    }
}
