package dev.headgate.client.jdk;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * An answer as the JDK shows it. Its URI is the request's; which backend answered is in {@code x-headgate-backend}.
 *
 * @param request as the application made it
 * @param head status and fields
 * @param body what the application's handler made of it
 */
record Answered<T>(HttpRequest request, HeadOfAnswer head, T body) implements HttpResponse<T> {
    @Override
    public int statusCode() {
        return head.statusCode();
    }

    @Override
    public HttpHeaders headers() {
        return head.headers();
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
        return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
        return Optional.empty();
    }

    @Override
    public URI uri() {
        return request.uri();
    }

    @Override
    public Version version() {
        return head.version();
    }

    @Override
    public String toString() {
        return "(" + request.method() + " " + request.uri().getPath() + ") " + statusCode();
    }
}
