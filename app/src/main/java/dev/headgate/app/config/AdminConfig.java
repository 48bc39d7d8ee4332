package dev.headgate.app.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The address on which operators are answered.
 *
 * @param host a name or an address
 * @param port 0 for any free one
 * @param tokenFile a file with the token they show; null asks for none
 * @param allowsRouterSource whether operators may send the text of a router, which runs with all that Headgate may do
 * @param isAsked whether the file or a flag names it; one that nobody asked for is done without if its port is taken
 */
public record AdminConfig(
        String host, int port, @Nullable Path tokenFile, boolean allowsRouterSource, boolean isAsked) {
    /** Where operators of a relay look if nothing else is said. */
    public static final AdminConfig DEFAULT = new AdminConfig("127.0.0.1", 8081, null, false, false);

    /** Returns whether only this machine can connect. */
    public boolean isLoopback() {
        return ListenConfig.isLoopback(host);
    }
}
