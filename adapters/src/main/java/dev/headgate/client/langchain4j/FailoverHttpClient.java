package dev.headgate.client.langchain4j;

import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Sends LangChain4j's requests with a {@link FailoverClient}. Thread-safe.
 *
 * <p>An answer that is no success is an {@link HttpException}, a limit of time a {@link TimeoutException}. Streams are read on
 * threads of the {@code FailoverClient}.
 */
final class FailoverHttpClient implements HttpClient {
    private final FailoverClient client;
    private final Duration headTimeout;
    private final Duration waitUpTo;

    FailoverHttpClient(FailoverClient client, Duration headTimeout, Duration waitUpTo) {
        this.client = client;
        this.headTimeout = headTimeout;
        this.waitUpTo = waitUpTo;
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        ClientRequest asked = Conversion.request(request).withHeadTimeout(headTimeout);
        Duration left = waitUpTo;
        while (true) {
            Duration wait;
            try (ClientResponse response = client.send(asked)) {
                if (Conversion.isSuccess(response)) {
                    return Conversion.head(response)
                            .body(response.body().readAll())
                            .build();
                }
                wait = Conversion.wait(response);
                if (wait.isZero() || wait.compareTo(left) > 0) {
                    throw failure(response);
                }
            } catch (IOException e) {
                throw exception(e);
            }
            left = left.minus(wait);
            sleep(wait);
        }
    }

    private static void sleep(Duration wait) {
        try {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LangChain4jException("interrupted while waiting for a backend", e);
        }
    }

    /** Returns at once; the listener is told on threads of the {@link FailoverClient}. */
    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        Listening listening = new Listening(listener);
        ClientRequest asked = Conversion.request(request).withHeadTimeout(headTimeout);
        send(asked, waitUpTo, parser, listening);
    }

    private void send(ClientRequest asked, Duration left, ServerSentEventParser parser, Listening listening) {
        var unused = client.sendAsync(asked).whenCompleteAsync((response, failure) -> {
            if (failure != null) {
                listening.onError(exception(failure));
            } else {
                answered(asked, response, left, parser, listening);
            }
        });
    }

    private void answered(
            ClientRequest asked,
            ClientResponse response,
            Duration left,
            ServerSentEventParser parser,
            Listening listening) {
        if (Conversion.isSuccess(response)) {
            parse(response, parser, listening);
            return;
        }
        Duration wait = Conversion.wait(response);
        if (wait.isZero() || wait.compareTo(left) > 0) {
            listening.onError(failure(response));
            return;
        }
        response.close();
        CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS)
                .execute(() -> sendAgain(asked, left.minus(wait), parser, listening));
    }

    private void sendAgain(ClientRequest asked, Duration left, ServerSentEventParser parser, Listening listening) {
        try {
            send(asked, left, parser, listening);
        } catch (IllegalStateException e) {
            listening.onError(new LangChain4jException("the client was closed while the request waited", e));
        }
    }

    @SuppressWarnings("IllegalCatch") // a parser is foreign code: whatever it throws, the application hears of it
    private static void parse(ClientResponse response, ServerSentEventParser parser, Listening listening) {
        try (InputStream events = response.body().stream()) {
            listening.onOpen(Conversion.head(response).build());
            parser.parse(events, listening);
            listening.onClose();
        } catch (IOException | RuntimeException | Error e) {
            listening.onError(exception(e));
        }
    }

    private static HttpException failure(ClientResponse response) {
        String said;
        try (response) {
            said = new String(response.body().readAll(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            said = "the body of the error could not be read: " + e.getMessage();
        }
        return new HttpException(response.status(), said);
    }

    private static RuntimeException exception(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof SocketTimeoutException) {
            return new TimeoutException(cause);
        }
        return cause instanceof RuntimeException unchecked
                ? unchecked
                : new LangChain4jException(cause.getMessage(), cause);
    }
}
