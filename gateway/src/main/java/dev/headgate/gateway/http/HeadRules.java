package dev.headgate.gateway.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request's head must obey beyond what Netty's decoder checks, so that nobody behind us reads it in another way
 * (RFC 9112 §3.2, §6.1).
 */
final class HeadRules {
    private HeadRules() {}

    /** Returns why the request is refused, or null; {@code isMultiplexed} tells of HTTP/2, where Host may be absent. */
    static @Nullable Refusal refusal(HttpRequest request, boolean isMultiplexed) {
        HttpVersion version = request.protocolVersion();
        if (version.majorVersion() != 1 || version.minorVersion() > 1) {
            return Refusal.notHttp("its version is not HTTP/1.0 or HTTP/1.1");
        }
        if (HttpMethod.CONNECT.equals(request.method()) || HttpMethod.TRACE.equals(request.method())) {
            return Refusal.METHOD;
        }
        HttpHeaders headers = request.headers();
        if (headers.size() > HttpLimits.MAX_FIELDS) {
            return Refusal.TOO_MANY_FIELDS;
        }
        boolean needsHost = version.minorVersion() == 1 && !isMultiplexed;
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (needsHost && hosts == 0)) {
            return Refusal.notHttp("it has " + hosts + " Host fields (expected: 1)");
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            boolean isChunked = codings.size() == 1 && codings.get(0).strip().equalsIgnoreCase("chunked");
            if (!isChunked || version.minorVersion() == 0) {
                return Refusal.notHttp("its Transfer-Encoding is not chunked alone");
            }
        }
        return null;
    }
}
