package dev.headgate.core.request;

import java.util.List;

/** Which header fields may go from one side to the other (gateway.md §8, §10). */
public final class FieldRules {
    /** Where credentials stand, in lower case: what a backend has of its own replaces all of them. */
    public static final List<String> CREDENTIALS =
            List.of("authorization", "api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key");

    private static final String[] HOP = {
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
    };

    private FieldRules() {}

    /** Returns whether a field, of any case, concerns one connection or is ours, and is not passed on. */
    public static boolean isHop(CharSequence name) {
        if (name.length() == 0) {
            return false;
        }
        char first = lower(name.charAt(0));
        if (first == 'x') {
            return startsWith(name, "x-headgate-") || startsWith(name, "x-http2-");
        }
        if ("ckptuh".indexOf(first) < 0) {
            return false;
        }
        for (String hop : HOP) {
            if (name.length() == hop.length() && startsWith(name, hop)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(CharSequence name, String prefix) {
        if (name.length() < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (lower(name.charAt(i)) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
    }
}
