package dev.headgate.gateway.http;

import org.jspecify.annotations.Nullable;

/** The form of a request target that names no host (RFC 9112 §3.2.1): the only one that is passed on. */
final class OriginForm {
    private OriginForm() {}

    /** Returns {@code target} without scheme and host; null if it is neither a path nor a URL of HTTP. */
    static @Nullable String of(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        int host = afterScheme(target);
        if (host < 0) {
            return null;
        }
        int path = host;
        while (path < target.length() && "/?#".indexOf(target.charAt(path)) < 0) {
            path++;
        }
        String rest = target.substring(path);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    private static int afterScheme(String target) {
        if (target.regionMatches(true, 0, "http://", 0, 7)) {
            return 7;
        }
        return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
    }
}
