package dev.headgate.gateway.relay;

import io.netty.util.AsciiString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of one provider, fetched by one virtual thread at a time. It is fetched anew five minutes before it ends; until
 * then the old one serves. Thread-safe; no lock is held while the provider works.
 */
final class TokenCache {
    private static final Logger LOG = LoggerFactory.getLogger(TokenCache.class);
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final TokenProvider provider;
    private List<Consumer<@Nullable AsciiString>> waiting = new ArrayList<>(); // guarded by this, as is all below
    private @Nullable AsciiString value;
    private Instant expiresAt = Instant.EPOCH;
    private boolean isFetching;

    TokenCache(TokenProvider provider) {
        this.provider = provider;
    }

    /** Returns the value of {@code Authorization}, or null if a new token must be {@linkplain #fetch fetched} first. */
    synchronized @Nullable AsciiString current() {
        if (value == null) {
            return null;
        }
        Instant now = Instant.now();
        if (!now.isBefore(expiresAt)) {
            return null;
        }
        if (!now.isBefore(expiresAt.minus(AHEAD))) {
            begin();
        }
        return value;
    }

    /** Drops {@code refused}, if it is still the current one. */
    synchronized void drop(@Nullable AsciiString refused) {
        if (refused != null && refused.equals(value)) {
            value = null;
        }
    }

    /** Tells {@code listener} the next token, or null if there is none, on a thread of its own. */
    synchronized void fetch(Consumer<@Nullable AsciiString> listener) {
        waiting.add(listener);
        begin();
    }

    private void begin() {
        if (!isFetching) {
            isFetching = true;
            var _ = Thread.ofVirtual().name("headgate-token").start(this::fetchNow);
        }
    }

    @SuppressWarnings("IllegalCatch") // a provider is foreign code: whatever it throws, the backend cools
    private void fetchNow() {
        AsciiString fetched = null;
        Instant until = Instant.EPOCH;
        try {
            TokenProvider.Token token = provider.fetch();
            fetched = AsciiString.of("Bearer " + token.value());
            until = token.expiresAt();
        } catch (Exception e) {
            LOG.warn(
                    "token provider gave none: provider={} reason={}",
                    provider.name(),
                    e.getClass().getSimpleName());
        }
        List<Consumer<@Nullable AsciiString>> told;
        synchronized (this) {
            isFetching = false;
            if (fetched != null) {
                value = fetched;
                expiresAt = until;
            }
            told = waiting;
            waiting = new ArrayList<>();
        }
        AsciiString result = fetched;
        told.forEach(listener -> listener.accept(result));
    }
}
