package dev.headgate.app.config;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address the server listens on.
 *
 * @param host a name or an address
 * @param port 0 for any free one
 * @param tls what makes it a TLS listener; null for plain text
 */
public record ListenConfig(String host, int port, @Nullable TlsConfig tls) {
    /** Reachable from this machine only. */
    public static final ListenConfig DEFAULT = new ListenConfig("127.0.0.1", 8080);

    /** Listens in plain text. */
    public ListenConfig(String host, int port) {
        this(host, port, null);
    }

    /** Returns whether only this machine can connect. */
    public boolean isLoopback() {
        return isLoopback(host);
    }

    /** Returns whether a host is this machine; a name other than localhost is not looked up and counts as no. */
    static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException aName) {
            return false;
        }
    }
}
