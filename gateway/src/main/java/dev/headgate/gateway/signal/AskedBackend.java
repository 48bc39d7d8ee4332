package dev.headgate.gateway.signal;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.signal.SignalSettings;
import dev.headgate.gateway.upstream.UpstreamTarget;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * A backend that is asked about itself.
 *
 * @param pool its pool
 * @param id its name in it
 * @param target where its API is
 * @param authority the value of {@code Host} there
 * @param pathPrefix what goes before the paths of its API: empty, or begins with a slash and does not end with one
 * @param credential what it is shown; null = nothing
 * @param readsStats whether the pool's router reads what it tells routers
 * @param settings what it is asked, and how often
 */
public record AskedBackend(
        String pool,
        EndpointId id,
        UpstreamTarget target,
        AsciiString authority,
        String pathPrefix,
        @Nullable Shown credential,
        boolean readsStats,
        SignalSettings settings) {

    /** Returns where its metrics are, as {@code metrics} say; its own target if they are at its own port. */
    UpstreamTarget targetOf(SignalSettings.EngineMetrics metrics) {
        return hasOwnPort(metrics)
                ? new UpstreamTarget(
                        target.host(), metrics.port(), target.protocol(), target.trusted(), target.connectTime())
                : target;
    }

    /** Returns where it is asked things that are not at its API's port; null if there is no such place. */
    public @Nullable UpstreamTarget otherTarget() {
        return settings.engine().filter(this::hasOwnPort).map(this::targetOf).orElse(null);
    }

    private boolean hasOwnPort(SignalSettings.EngineMetrics metrics) {
        return metrics.port() != 0 && metrics.port() != target.port();
    }

    /** Returns the request for its metrics; at another port it is shown no credential. */
    HttpRequest metricsRequest(SignalSettings.EngineMetrics metrics) {
        if (!hasOwnPort(metrics)) {
            return request(metrics.path(), authority, credential);
        }
        String host = target.host().indexOf(':') < 0 ? target.host() : '[' + target.host() + ']';
        return request(metrics.path(), AsciiString.of(host + ':' + metrics.port()), null);
    }

    /** Returns the request for {@code path} of its API. */
    HttpRequest request(String path) {
        return request(pathPrefix + path, authority, credential);
    }

    private static HttpRequest request(String uri, AsciiString host, @Nullable Shown shown) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri);
        request.headers().set(HttpHeaderNames.HOST, host);
        if (shown != null) {
            request.headers().set(shown.field(), shown.value());
        }
        return request;
    }

    /** Returns its labels as metrics have them. */
    String labels() {
        return "pool=\"" + pool + "\",backend=\"" + id.value() + '"';
    }

    /** Names the backend; its credential is not shown. */
    @Override
    public String toString() {
        return pool + "/" + id;
    }

    /**
     * A credential.
     *
     * @param field where it is sent
     * @param value the whole field value
     */
    public record Shown(CharSequence field, AsciiString value) {
        @Override
        public String toString() {
            return field + ": …";
        }
    }
}
