package dev.headgate.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A request as the application makes it.
 *
 * @param method of HTTP
 * @param target path and query as they are to go out, not decoded; of a whole URL, scheme and authority are left aside, as
 *     the backend has its own
 * @param fields header fields
 * @param body what goes along
 * @param timeout until the answer must have ended, if that is shorter than the client's own; zero = the client's own
 * @param headTimeout until the application must have the head of the answer, which for a stream comes with its first token
 *     and for a short JSON document with its end; zero = no limit of its own
 */
public record ClientRequest(
        String method, String target, Fields fields, RequestBody body, Duration timeout, Duration headTimeout) {
    /**
     * Takes scheme and authority off.
     *
     * @throws IllegalArgumentException if the target is no encoded path, or a field cannot be sent; no value is shown
     */
    public ClientRequest {
        target = originForm(target);
        try {
            new URI("http://backend" + target);
        } catch (URISyntaxException e) { // which shows the query
            throw new IllegalArgumentException(
                    "target: '" + withoutQuery(target) + "' (expected: a path, percent-encoded where needed)");
        }
        FieldSyntax.check(method, fields);
    }

    /** A request without a limit for the head of its answer. */
    public ClientRequest(String method, String target, Fields fields, RequestBody body, Duration timeout) {
        this(method, target, fields, body, timeout, Duration.ZERO);
    }

    private static String originForm(String url) {
        int authority = url.startsWith("/") ? -1 : url.indexOf("://");
        if (authority < 0) {
            return url.startsWith("/") ? url : "/" + url;
        }
        int path = authority + 3;
        while (path < url.length() && "/?#".indexOf(url.charAt(path)) < 0) {
            path++;
        }
        int fragment = url.indexOf('#', path);
        String rest = url.substring(path, fragment < 0 ? url.length() : fragment);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    /** Returns a POST of a JSON document. */
    public static ClientRequest post(String target, String json) {
        return new ClientRequest(
                "POST",
                target,
                Fields.builder().add("content-type", "application/json").build(),
                RequestBody.of(json.getBytes(StandardCharsets.UTF_8)),
                Duration.ZERO);
    }

    /** Returns it with a limit for the head of its answer, ≥ 0. */
    public ClientRequest withHeadTimeout(Duration other) {
        return new ClientRequest(method, target, fields, body, timeout, other);
    }

    /** Shows method and path; a query may have secrets. */
    @Override
    public String toString() {
        return method + " " + withoutQuery(target);
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
