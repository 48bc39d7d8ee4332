package dev.headgate.core.request;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The method and target of a request, as they came, and what they say about it. Immutable; the target is never decoded
 * or normalised, only looked at.
 */
public final class RequestTarget {
    private static final String DEPLOYMENTS = "/deployments/";
    private static final String[] STATELESS = {
        "/moderations",
        "/rerank",
        "/score",
        "/images/generations",
        "/images/edits",
        "/images/variations",
        "/audio/speech",
        "/audio/transcriptions",
        "/audio/translations"
    };
    private static final String[] SECRETS = {"api-key", "key", "code", "sig", "token"};
    private static final String UNRESERVED = "-._~!$&'()*+,;=:@";
    private static final String HEX = "0123456789ABCDEF";

    private final String raw;
    private final int pathEnd;
    private final ApiKind kind;
    private final boolean isRead;
    private final boolean mayFailOver;
    private final int deploymentFrom;
    private final int deploymentTo;
    private final @Nullable String deployment;

    private RequestTarget(String method, String raw) {
        this.raw = raw;
        int query = raw.indexOf('?');
        pathEnd = query < 0 ? raw.length() : query;
        kind = kindOf(raw, pathEnd);
        isRead = method.equals("GET") || method.equals("HEAD");
        mayFailOver = isRead || (method.equals("POST") && kind != ApiKind.OTHER);
        int prefix = raw.indexOf(DEPLOYMENTS);
        int from = prefix + DEPLOYMENTS.length();
        int to = prefix < 0 || from > pathEnd ? -1 : raw.indexOf('/', from);
        boolean hasDeployment = to > from && to < pathEnd;
        deploymentFrom = hasDeployment ? from : 0;
        deploymentTo = hasDeployment ? to : 0;
        deployment = hasDeployment ? decoded(raw, from, to) : null;
    }

    /** Reads a method and an origin-form target. Never throws. */
    public static RequestTarget of(String method, String target) {
        return new RequestTarget(method, target);
    }

    /** Returns which interface the path belongs to, whatever the method. */
    public ApiKind kind() {
        return kind;
    }

    /** Returns the target as it came. */
    public String raw() {
        return raw;
    }

    /** Returns whether it is a GET or HEAD. */
    public boolean isRead() {
        return isRead;
    }

    /** Returns whether method and path may fail over; the body may still forbid it, see {@link RequestFacts}. */
    public boolean mayFailOver() {
        return mayFailOver;
    }

    /** Returns the model that is asked for: the deployment in the path, else what the body names; empty without one. */
    public String model(@Nullable RequestFacts facts) {
        if (isRead || kind == ApiKind.OTHER) {
            return "";
        }
        String named = deployment;
        return named != null ? named : facts == null ? "" : facts.model();
    }

    /** Returns the percent-decoded segment after {@code /deployments/}, null without one. */
    public @Nullable String deployment() {
        return deployment;
    }

    /** Returns the target with another deployment in place of its own, percent-encoded; itself if they are equal. */
    public String withDeployment(String name) {
        if (deployment == null || deployment.equals(name)) {
            return raw;
        }
        return raw.substring(0, deploymentFrom) + encoded(name) + raw.substring(deploymentTo);
    }

    /** Returns the target with {@code ***} for query values that may be secrets, fit for logs. */
    public String redacted() {
        if (pathEnd == raw.length()) {
            return raw;
        }
        StringBuilder text = new StringBuilder(raw.length()).append(raw, 0, pathEnd + 1);
        int from = pathEnd + 1;
        while (from < raw.length()) {
            int ampersand = raw.indexOf('&', from);
            int to = ampersand < 0 ? raw.length() : ampersand + 1;
            int equals = raw.indexOf('=', from);
            if (equals >= 0 && equals < to && isSecret(decoded(raw, from, equals))) {
                text.append(raw, from, equals).append("=***").append(ampersand < 0 ? "" : "&");
            } else {
                text.append(raw, from, to);
            }
            from = to;
        }
        return text.toString();
    }

    private static ApiKind kindOf(String raw, int pathEnd) {
        if (endsWith(raw, pathEnd, "/completions")) {
            return endsWith(raw, pathEnd, "/chat/completions") ? ApiKind.CHAT : ApiKind.COMPLETIONS;
        }
        if (endsWith(raw, pathEnd, "/embeddings")) {
            return ApiKind.EMBEDDINGS;
        }
        if (endsWith(raw, pathEnd, "/responses")) {
            return ApiKind.RESPONSES;
        }
        if (endsWith(raw, pathEnd, "/messages")) {
            return isOfThread(raw, pathEnd) ? ApiKind.OTHER : ApiKind.MESSAGES;
        }
        for (String path : STATELESS) {
            if (endsWith(raw, pathEnd, path)) {
                return ApiKind.STATELESS;
            }
        }
        return ApiKind.OTHER;
    }

    /** Returns whether the path is /threads/{id}/messages: those add to a thread that one backend keeps. */
    private static boolean isOfThread(String raw, int pathEnd) {
        int idFrom = raw.lastIndexOf('/', pathEnd - "/messages".length() - 1);
        return idFrom > 0 && endsWith(raw, idFrom, "/threads");
    }

    private static boolean endsWith(String text, int end, String suffix) {
        return text.startsWith(suffix, end - suffix.length());
    }

    private static boolean isSecret(String name) {
        for (String secret : SECRETS) {
            if (secret.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Decodes percent signs; what is no escape stays as it is. */
    private static String decoded(String text, int from, int to) {
        int percent = text.indexOf('%', from);
        if (percent < 0 || percent >= to) {
            return text.substring(from, to);
        }
        byte[] plain = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
        int size = 0;
        for (int i = 0; i < plain.length; i++) {
            int high = i + 2 < plain.length ? Character.digit(plain[i + 1], 16) : -1;
            int low = i + 2 < plain.length ? Character.digit(plain[i + 2], 16) : -1;
            if (plain[i] == '%' && high >= 0 && low >= 0) {
                plain[size++] = (byte) ((high << 4) | low);
                i += 2;
            } else {
                plain[size++] = plain[i];
            }
        }
        return new String(plain, 0, size, StandardCharsets.UTF_8);
    }

    private static String encoded(String name) {
        StringBuilder text = new StringBuilder(name.length() + 8);
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                text.append(c);
            } else {
                text.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return text.toString();
    }
}
