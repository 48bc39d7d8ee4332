package dev.headgate.gateway.upstream;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where requests go and how they get there. Targets that are equal share connections.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param port 1–65535
 * @param protocol what is spoken there
 * @param trusted certificates that are trusted instead of the system's; null = the system's
 * @param connectTime for the name, the connection and the TLS handshake together
 */
public record UpstreamTarget(
        String host, int port, Protocol protocol, @Nullable TrustedFile trusted, Duration connectTime) {
    /** Time to connect where none is given (gateway.md §1). */
    public static final Duration CONNECT_TIME = Duration.ofSeconds(5);

    /** Returns a target in the clear over HTTP/1.1. */
    public static UpstreamTarget http(String host, int port) {
        return new UpstreamTarget(host, port, Protocol.HTTP, null, CONNECT_TIME);
    }

    /** Returns a target over TLS, by HTTP/2 if it offers that. */
    public static UpstreamTarget https(String host, int port) {
        return new UpstreamTarget(host, port, Protocol.HTTPS, null, CONNECT_TIME);
    }

    /**
     * Returns this target with {@code path}, in PEM, as the only certificates that are trusted. The file is read to tell the
     * target from one with other contents; blocks.
     */
    public UpstreamTarget trusting(Path path) {
        return new UpstreamTarget(host, port, protocol, TrustedFile.at(path), connectTime);
    }

    /** Returns this target with another time to connect. */
    public UpstreamTarget within(Duration time) {
        return new UpstreamTarget(host, port, protocol, trusted, time);
    }

    /** Names host and port. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** What is spoken with a target. */
    public enum Protocol {
        /** HTTP/1.1 in the clear. */
        HTTP,
        /** HTTP/2 in the clear, without asking. */
        HTTP2_CLEAR,
        /** TLS; HTTP/2 or HTTP/1.1 as the target chooses. */
        HTTPS,
        /** TLS and HTTP/1.1. */
        HTTPS_1;

        /** Returns whether the connection is encrypted. */
        public boolean isEncrypted() {
            return this == HTTPS || this == HTTPS_1;
        }
    }
}
