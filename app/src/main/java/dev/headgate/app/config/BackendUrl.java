package dev.headgate.app.config;

import dev.headgate.core.pool.BackendAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a backend is.
 *
 * @param isTls whether it is spoken to in TLS
 * @param hasScheme whether that was said
 * @param host a name or an address, without brackets
 * @param port 1–65535
 * @param path what goes before the path of a request: empty, or begins with a slash and does not end with one
 */
record BackendUrl(boolean isTls, boolean hasScheme, String host, int port, String path) {
    static final Kind<BackendUrl> KIND =
            Kind.text(BackendAddress.EXPECTED, BackendUrl::parse).shownAs(BackendAddress::withoutSecrets);

    static final Kind<String> PREFIX = Kind.textOrBlank(BackendAddress.EXPECTED_PATH, BackendAddress::path);

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /** Where servers that may not have the first often listen for TLS. */
    private static final int OTHER_HTTPS_PORT = 8443;

    /** What clients put before the paths of their requests, and the base URLs of providers end in. */
    private static final String VERSION = "/v1";

    /** Returns the same place with another path. */
    BackendUrl withPath(String other) {
        return new BackendUrl(isTls, hasScheme, host, port, other);
    }

    /** Returns the host, with the port if the URL would have to name it. */
    String name() {
        return port == (isTls ? HTTPS_PORT : HTTP_PORT) ? host : host + ":" + port;
    }

    /** Returns why it is probably not what was meant, with what would be, if there is a reason. */
    Optional<String> doubt() {
        boolean repeats = path.endsWith(VERSION);
        boolean isProbablyPlain = !hasScheme && (isLoopback() || (port != HTTPS_PORT && port != OTHER_HTTPS_PORT));
        if (!repeats && !isProbablyPlain) {
            return Optional.empty();
        }
        List<String> reasons = new ArrayList<>();
        if (repeats) {
            reasons.add("a request to /v1/models goes to " + path + "/v1/models");
        }
        if (isProbablyPlain) {
            reasons.add("without http:// it is spoken to in TLS");
        }
        String rest = authority() + (repeats ? path.substring(0, path.length() - VERSION.length()) : path);
        String scheme = isTls && !isProbablyPlain ? "https://" : "http://";
        return Optional.of((hasScheme ? scheme : "") + authority() + path + " (" + String.join("; ", reasons)
                + "; expected: " + scheme + rest
                + (isProbablyPlain ? ", or https://" + rest + " if it speaks TLS" : "") + ")");
    }

    private boolean isLoopback() {
        return host.equals("localhost") || host.equals("0:0:0:0:0:0:0:1") || host.matches("127\\.[0-9.]+");
    }

    private String authority() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port == (isTls ? HTTPS_PORT : HTTP_PORT) ? name : name + ":" + port;
    }

    private static Optional<BackendUrl> parse(String text) {
        return BackendAddress.parse(text)
                .flatMap(place -> plain(place.host())
                        .map(host ->
                                new BackendUrl(place.isTls(), text.contains("://"), host, place.port(), place.path())));
    }

    /** Returns a host as connections take it: a literal address in one form and without brackets. */
    private static Optional<String> plain(String host) {
        if (!host.startsWith("[")) {
            return Optional.of(host);
        }
        try {
            return Optional.of(
                    InetAddress.ofLiteral(host.substring(1, host.length() - 1)).getHostAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
