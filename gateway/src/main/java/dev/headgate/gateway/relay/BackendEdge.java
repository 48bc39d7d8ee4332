package dev.headgate.gateway.relay;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a backend is and what it is shown: the part of it that the core does not know.
 *
 * @param id its name within the pool, as in {@link dev.headgate.core.pool.Backend}
 * @param secure whether it speaks TLS
 * @param host name or address, IPv6 without brackets
 * @param port 1–65535
 * @param pathPrefix begins with a slash and does not end with one; empty = none
 * @param credential what it is shown
 * @param trustedCertificates certificates of the authorities it is checked against, as PEM; null = the system's
 */
public record BackendEdge(
        String id,
        boolean secure,
        String host,
        int port,
        String pathPrefix,
        Credential credential,
        @Nullable Path trustedCertificates) {
    public BackendEdge {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
        if (!pathPrefix.isEmpty() && (!pathPrefix.startsWith("/") || pathPrefix.endsWith("/"))) {
            throw new IllegalArgumentException("pathPrefix: " + pathPrefix + " (expected: empty, or like /ai)");
        }
    }

    /** Returns the value of {@code Host}: the port is named unless it is the scheme's own. */
    public String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (secure ? 443 : 80) ? name : name + ":" + port;
    }

    /** Returns its URL with path prefix; carries no credential. */
    public String url() {
        return (secure ? "https://" : "http://") + authority() + pathPrefix;
    }
}
