package dev.headgate.gateway.upstream;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards upstreams: BoringSSL where it runs, else the JDK's; 1.2 and 1.3; names are verified. One context per set of
 * trusted certificates and protocols, read when first needed. Thread-safe; reading blocks.
 */
final class ClientTls {
    private final Map<Trust, SslContext> contexts = new HashMap<>();

    /** Returns the library in use, for the log. */
    static String library() {
        return OpenSsl.isAvailable() ? OpenSsl.versionString() : "JDK";
    }

    /** Returns the context for {@code target}; throws SSLException if its certificates cannot be read. */
    synchronized SslContext context(UpstreamTarget target) throws SSLException {
        Trust trust = Trust.of(target);
        SslContext context = contexts.get(trust);
        if (context == null) {
            context = build(trust);
            contexts.put(trust, context);
        }
        return context;
    }

    /** Forgets what none of {@code targets} needs. */
    synchronized void retain(Set<UpstreamTarget> targets) {
        contexts.keySet().retainAll(targets.stream().map(Trust::of).collect(Collectors.toSet()));
    }

    private static SslContext build(Trust trust) throws SSLException {
        String[] protocols = trust.http2
                ? new String[] {ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1}
                : new String[] {ApplicationProtocolNames.HTTP_1_1};
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .endpointIdentificationAlgorithm("HTTPS")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocols));
        if (trust.file != null) {
            builder.trustManager(trust.file.path().toFile());
        }
        return builder.build();
    }

    private record Trust(@Nullable TrustedFile file, boolean http2) {
        static Trust of(UpstreamTarget target) {
            return new Trust(target.trusted(), target.protocol() == UpstreamTarget.Protocol.HTTPS);
        }
    }
}
