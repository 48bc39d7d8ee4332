package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.request.FieldRules;
import dev.headgate.core.request.RequestFacts;
import dev.headgate.core.request.RequestTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The caller's request, from which each attempt's is built anew (gateway.md §8).
 *
 * <p>What no backend may see is taken out once. The first attempt uses the caller's own header object; later ones a copy,
 * as the first may still wait to be written. Whatever credential an earlier attempt put in is taken out before the next
 * one's goes in.
 */
final class AttemptRequest {
    private static final AsciiString[] CREDENTIALS =
            FieldRules.CREDENTIALS.stream().map(AsciiString::cached).toArray(AsciiString[]::new);

    private final HttpRequest original;
    private final HttpHeaders fields;
    private final RequestTarget target;
    private final @Nullable RequestFacts facts;
    private final ByteBuf body;
    private final String model;
    private final boolean saysLength;
    private final boolean wantsTrailers;
    private @Nullable List<String> callersCredentials; // name, value, name, value …
    private boolean isUsed;

    /**
     * Takes the request over.
     *
     * @param facts what the body says; null if it was not read
     * @param model the requested name, empty if there is none
     */
    AttemptRequest(
            HttpRequest original, RequestTarget target, @Nullable RequestFacts facts, ByteBuf body, String model) {
        this.original = original;
        this.fields = original.headers();
        this.target = target;
        this.facts = facts;
        this.body = body;
        this.model = model;
        saysLength = body.isReadable()
                || fields.contains(HttpHeaderNames.CONTENT_LENGTH)
                || original.method().equals(HttpMethod.POST);
        wantsTrailers = fields.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
        HopFields.strip(fields);
        fields.remove(HttpHeaderNames.EXPECT);
        fields.remove(HttpHeaderNames.COOKIE);
        fields.remove(HttpHeaderNames.PROXY_AUTHORIZATION);
        if (facts != null && facts.streams()) {
            fields.set(HttpHeaderNames.ACCEPT_ENCODING, "identity");
        }
        for (AsciiString name : CREDENTIALS) {
            keep(name);
        }
    }

    private void keep(AsciiString name) {
        if (!fields.contains(name)) {
            return;
        }
        List<String> kept = callersCredentials;
        if (kept == null) {
            kept = new ArrayList<>(4);
            callersCredentials = kept;
        }
        for (String value : fields.getAll(name)) {
            kept.add(name.toString());
            kept.add(value);
        }
        fields.remove(name);
    }

    /** Returns the head for an attempt. {@code credential} replaces all others; null = the caller's, if that is allowed. */
    HttpRequest head(Attempt attempt, RoutedBackend backend, @Nullable AsciiString credential, int bodyBytes) {
        HttpHeaders headers = isUsed ? fields.copy() : fields;
        isUsed = true;
        for (AsciiString name : CREDENTIALS) {
            headers.remove(name);
        }
        if (credential != null) {
            CharSequence name = backend.edge().credential() instanceof Credential.Key key
                    ? key.header().fieldName()
                    : HttpHeaderNames.AUTHORIZATION;
            headers.set(name, credential);
        } else if (backend.forwardsCredentials() && callersCredentials != null) {
            for (int i = 0; i < callersCredentials.size(); i += 2) {
                headers.add(callersCredentials.get(i), callersCredentials.get(i + 1));
            }
        }
        headers.set(HttpHeaderNames.HOST, backend.authority());
        if (saysLength) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bodyBytes));
        }
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, original.method(), uri(attempt, backend), headers);
    }

    private String uri(Attempt attempt, RoutedBackend backend) {
        String path = renames(attempt) && target.deployment() != null
                ? target.withDeployment(attempt.upstreamModel())
                : target.raw();
        String prefix = backend.edge().pathPrefix();
        return prefix.isEmpty() ? path : prefix + path;
    }

    private boolean renames(Attempt attempt) {
        return !attempt.upstreamModel().isEmpty() && !attempt.upstreamModel().equals(model);
    }

    /** Returns the body for an attempt, which is the caller's to release: the same bytes, or with another model in it. */
    ByteBuf body(Attempt attempt) {
        if (!body.isReadable()) {
            return Unpooled.EMPTY_BUFFER;
        }
        RequestFacts read = facts;
        if (read == null || read.modelFrom() < 0 || !renames(attempt)) {
            return body.retainedDuplicate();
        }
        int start = body.readerIndex();
        CompositeByteBuf spliced = body.alloc().compositeBuffer(3);
        spliced.addComponent(true, body.retainedSlice(start, read.modelFrom()));
        spliced.addComponent(true, Unpooled.wrappedBuffer(read.modelBytes(attempt.upstreamModel())));
        spliced.addComponent(true, body.retainedSlice(start + read.modelTo(), body.readableBytes() - read.modelTo()));
        return spliced;
    }

    /** Returns whether the caller understands trailers. */
    boolean wantsTrailers() {
        return wantsTrailers;
    }

    /** The request is over: the body is released. */
    void release() {
        body.release();
    }
}
