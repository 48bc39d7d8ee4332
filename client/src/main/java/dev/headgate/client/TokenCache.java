package dev.headgate.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The token of one provider, fetched once at a time. It is fetched anew five minutes before it ends; until then the old one
 * serves. Thread-safe; no lock is held while the provider works.
 */
final class TokenCache {
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final TokenProvider provider;
    private final Executor executor;
    private final ClientEvents events;
    private List<Consumer<@Nullable String>> waiting = new ArrayList<>(); // guarded by this, as is all below
    private @Nullable String value;
    private Instant expiresAt = Instant.EPOCH;
    private boolean isFetching;

    TokenCache(TokenProvider provider, Executor executor, ClientEvents events) {
        this.provider = provider;
        this.executor = executor;
        this.events = events;
    }

    /** Returns the value of {@code Authorization}, or null if a token must be {@linkplain #fetch fetched} first. */
    synchronized @Nullable String current() {
        Instant now = Instant.now();
        if (value == null || !now.isBefore(expiresAt)) {
            return null;
        }
        if (!now.isBefore(expiresAt.minus(AHEAD))) {
            begin();
        }
        return value;
    }

    /** Drops {@code refused}, if it is still the current one. */
    synchronized void drop(@Nullable String refused) {
        if (refused != null && refused.equals(value)) {
            value = null;
        }
    }

    /** Tells {@code listener} the next token, or null if there is none. */
    synchronized void fetch(Consumer<@Nullable String> listener) {
        waiting.add(listener);
        begin();
    }

    private void begin() {
        if (!isFetching) {
            isFetching = true;
            executor.execute(this::fetchNow);
        }
    }

    @SuppressWarnings("IllegalCatch") // a provider is foreign code: whatever it throws, the backend cools
    private void fetchNow() {
        String fetched = null;
        Instant until = Instant.EPOCH;
        try {
            TokenProvider.Token token = provider.fetch();
            until = Objects.requireNonNull(token.expiresAt(), "expiresAt");
            fetched = Backend.Credential.key("Authorization", "Bearer " + token.value())
                    .value();
        } catch (Throwable e) {
            events.tokenMissed(e.getClass().getSimpleName());
        }
        List<Consumer<@Nullable String>> told;
        synchronized (this) {
            isFetching = false;
            if (fetched != null) {
                value = fetched;
                expiresAt = until;
            }
            told = waiting;
            waiting = new ArrayList<>();
        }
        String result = fetched;
        told.forEach(listener -> listener.accept(result));
    }
}
