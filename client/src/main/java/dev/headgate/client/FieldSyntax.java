package dev.headgate.client;

/**
 * What can be sent in the head of a request (RFC 9110, 5.1, 5.5 and 9.1). Checked where a request is made: a server would be
 * held to have failed, and a transport's own message may show a key.
 */
final class FieldSyntax {
    private static final String MARKS = "!#$%&'*+-.^_`|~";

    private FieldSyntax() {}

    static void check(String method, Fields fields) {
        if (!isToken(method) || method.equals("CONNECT")) {
            throw new IllegalArgumentException("method: '" + method + "' (expected: one of HTTP, but CONNECT)");
        }
        for (int i = 0; i < fields.size(); i++) {
            if (!isToken(fields.name(i))) {
                throw new IllegalArgumentException(
                        "field: '" + fields.name(i) + "' (expected: letters, digits, " + MARKS + ")");
            }
            if (!isText(fields.value(i))) {
                throw new IllegalArgumentException(fields.name(i) + ": *** (expected: Latin-1 without line ends)");
            }
        }
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!isPlain && MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0xff || c == 0x7f || (c < ' ' && c != '\t')) {
                return false;
            }
        }
        return true;
    }
}
