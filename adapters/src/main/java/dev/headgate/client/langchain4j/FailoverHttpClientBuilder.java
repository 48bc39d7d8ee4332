package dev.headgate.client.langchain4j;

import dev.headgate.client.FailoverClient;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives LangChain4j's models an HTTP client whose requests go to the best of several backends:
 *
 * <pre>{@code
 * FailoverClient failover = FailoverClient.builder().backends(…).build();
 * OpenAiChatModel.builder().httpClientBuilder(FailoverHttpClientBuilder.over(failover))…
 * }</pre>
 *
 * <p>The clients that it builds are thread-safe; closing the {@code FailoverClient} is left to the application. Models set the
 * times of the builder that they are given, so each should have one of its own. Not thread-safe.
 */
public final class FailoverHttpClientBuilder implements HttpClientBuilder {
    private final FailoverClient client;
    private @Nullable Duration connectTimeout;
    private @Nullable Duration readTimeout;
    private Duration waitUpTo = Duration.ZERO;

    private FailoverHttpClientBuilder(FailoverClient client) {
        this.client = client;
    }

    /** Returns a builder of clients whose requests {@code client} sends. */
    public static FailoverHttpClientBuilder over(FailoverClient client) {
        return new FailoverHttpClientBuilder(Objects.requireNonNull(client, "client"));
    }

    /**
     * Sets how long a request may wait altogether when all backends say when to come back, and is sent again then; zero unless
     * set. LangChain4j's errors have no headers: a model that retries does not hear of {@code Retry-After}.
     */
    public FailoverHttpClientBuilder waitUpTo(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("waitUpTo: " + value + " (expected: >= 0)");
        }
        waitUpTo = value;
        return this;
    }

    @Override
    public @Nullable Duration connectTimeout() {
        return connectTimeout;
    }

    /** Keeps the value for who asks; what limits connects is the {@code FailoverClient}'s own. */
    @Override
    public FailoverHttpClientBuilder connectTimeout(@Nullable Duration value) {
        connectTimeout = value;
        return this;
    }

    @Override
    public @Nullable Duration readTimeout() {
        return readTimeout;
    }

    /** Sets how long the head of an answer may take over all attempts, which for a stream comes with its first token. */
    @Override
    public FailoverHttpClientBuilder readTimeout(@Nullable Duration value) {
        readTimeout = value;
        return this;
    }

    @Override
    public HttpClient build() {
        Duration limit = readTimeout;
        return new FailoverHttpClient(client, limit == null ? Duration.ZERO : limit, waitUpTo);
    }
}
