package dev.headgate.app.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    static final Kind<BackendUrl> KIND = Kind.text(
                    "http:// or https://, a host, and if need be a port 1..65535 and a path; no user, query or fragment",
                    BackendUrl::parse)
            .shownAs(BackendUrl::withoutSecrets);

    static final Kind<String> PREFIX =
            Kind.textOrBlank("a path such as /ai/v2, without empty, . or .. segments", BackendUrl::prefix);

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /** Where servers that may not have the first often listen for TLS. */
    private static final int OTHER_HTTPS_PORT = 8443;

    /** What clients put before the paths of their requests, and the base URLs of providers end in. */
    private static final String VERSION = "/v1";

    private static final int MAX_HOST_CHARS = 253;

    private static final Pattern URL = Pattern.compile(
            "(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(\\[[0-9A-Fa-f:.]+]|[^\\[\\]:/?#@]+)(?::([0-9]{1,5}))?(/[^?#]*)?");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?");

    /** The characters of RFC 3986 for a segment. */
    private static final Pattern SEGMENT = Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+");

    private static final Pattern USER = Pattern.compile("^([A-Za-z0-9+.-]*:?//)?[^/?#]*@");
    private static final Pattern QUERY = Pattern.compile("[?#].*$", Pattern.DOTALL);

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
        Matcher url = URL.matcher(text);
        if (!url.matches()) {
            return Optional.empty();
        }
        String scheme = url.group(1) == null ? "https" : url.group(1).toLowerCase(Locale.ROOT);
        boolean isTls = scheme.equals("https");
        if (!isTls && !scheme.equals("http")) {
            return Optional.empty();
        }
        int port = url.group(3) != null ? Integer.parseInt(url.group(3)) : isTls ? HTTPS_PORT : HTTP_PORT;
        Optional<String> path = prefix(url.group(4) == null ? "" : url.group(4));
        Optional<String> host = host(url.group(2));
        return port < 1 || port > 65_535 || path.isEmpty()
                ? Optional.empty()
                : host.map(name -> new BackendUrl(isTls, url.group(1) != null, name, port, path.get()));
    }

    private static Optional<String> host(String text) {
        if (text.startsWith("[")) {
            String address = text.substring(1, text.length() - 1);
            try {
                return Optional.of(InetAddress.ofLiteral(address).getHostAddress());
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.of(text.toLowerCase(Locale.ROOT))
                .filter(name -> name.length() <= MAX_HOST_CHARS
                        && HOST_NAME.matcher(name).matches()
                        && !name.contains(".."));
    }

    /** Returns the path without slashes at its end and with one at its start; the empty one for none. */
    private static Optional<String> prefix(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && text.charAt(start) == '/') {
            start++;
        }
        while (end > start && text.charAt(end - 1) == '/') {
            end--;
        }
        if (start == end) {
            return Optional.of("");
        }
        String path = text.substring(start, end);
        for (String segment : path.split("/", -1)) {
            String decoded = segment.replaceAll("%2[eE]", ".");
            if (!SEGMENT.matcher(segment).matches() || decoded.equals(".") || decoded.equals("..")) {
                return Optional.empty();
            }
        }
        return Optional.of("/" + path);
    }

    private static String withoutSecrets(String text) {
        String stranger = USER.matcher(text).replaceFirst("$1" + Kind.HIDDEN + "@");
        return QUERY.matcher(stranger).replaceFirst("?" + Kind.HIDDEN);
    }
}
