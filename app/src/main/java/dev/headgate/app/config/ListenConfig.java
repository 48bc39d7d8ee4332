package dev.headgate.app.config;

import java.net.InetAddress;

/**
 * The address the server listens on.
 *
 * @param host a name or an address
 * @param port 0 for any free one
 */
public record ListenConfig(String host, int port) {
    /** Reachable from this machine only. */
    public static final ListenConfig DEFAULT = new ListenConfig("127.0.0.1", 8080);

    /** Returns whether only this machine can connect; a name other than localhost is not looked up and counts as no. */
    public boolean isLoopback() {
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
