package dev.headgate.core.pool;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a backend is (gateway.md §1).
 *
 * @param isTls whether it is spoken to in TLS
 * @param host a name in lower case, or an IPv6 address in brackets
 * @param port 1–65535
 * @param path what goes before the path of a request: empty, or begins with a slash and does not end with one
 */
public record BackendAddress(boolean isTls, String host, int port, String path) {
    /** What a URL is to be, for messages. */
    public static final String EXPECTED =
            "http:// or https://, a host, and if need be a port 1..65535 and a path; no user, query or fragment";

    /** What a path is to be, for messages. */
    public static final String EXPECTED_PATH = "a path such as /ai/v2, without empty, . or .. segments";

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_HOST_CHARS = 253;

    private static final Pattern URL = Pattern.compile(
            "(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(\\[[0-9A-Fa-f:.]+]|[^\\[\\]:/?#@]+)(?::([0-9]{1,5}))?(/[^?#]*)?");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?");

    /** The characters of RFC 3986 for a segment. */
    private static final Pattern SEGMENT = Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+");

    private static final Pattern USER = Pattern.compile("^([A-Za-z0-9+.-]*:?//)?[^/?#]*@");
    private static final Pattern QUERY = Pattern.compile("[?#].*$", Pattern.DOTALL);

    /** Reads a URL; a host, or a host and a port, alone means TLS. Empty if it is none. */
    public static Optional<BackendAddress> parse(String text) {
        Matcher url = URL.matcher(text);
        if (!url.matches()) {
            return Optional.empty();
        }
        String scheme = url.group(1) == null ? "https" : url.group(1).toLowerCase(Locale.ROOT);
        boolean isTls = scheme.equals("https");
        String host = url.group(2).toLowerCase(Locale.ROOT);
        int port = url.group(3) != null ? Integer.parseInt(url.group(3)) : isTls ? HTTPS_PORT : HTTP_PORT;
        boolean isPlace = (isTls || scheme.equals("http")) && isHost(host) && port >= 1 && port <= 65_535;
        return isPlace
                ? path(url.group(4) == null ? "" : url.group(4))
                        .map(path -> new BackendAddress(isTls, host, port, path))
                : Optional.empty();
    }

    private static boolean isHost(String host) {
        return host.startsWith("[")
                ? host.indexOf(':') > 0
                : host.length() <= MAX_HOST_CHARS && HOST_NAME.matcher(host).matches() && !host.contains("..");
    }

    /** Returns a path without slashes at its end and with one at its start, the empty one for none; empty if it is none. */
    public static Optional<String> path(String text) {
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

    /** Returns what a message may show of what was to be a URL: user, query and fragment may be secrets. */
    public static String withoutSecrets(String text) {
        String stranger = USER.matcher(text).replaceFirst("$1***@");
        return QUERY.matcher(stranger).replaceFirst("?***");
    }

    /** Returns the same place with another path, as {@link #path} gives it. */
    public BackendAddress withPath(String other) {
        return new BackendAddress(isTls, host, port, other);
    }

    /** Returns the host, with the port unless it is the scheme's: the value of {@code host}. */
    public String authority() {
        return port == (isTls ? HTTPS_PORT : HTTP_PORT) ? host : host + ":" + port;
    }

    /** Returns the URL up to where the path of a request begins. */
    public String url() {
        return (isTls ? "https://" : "http://") + authority() + path;
    }
}
