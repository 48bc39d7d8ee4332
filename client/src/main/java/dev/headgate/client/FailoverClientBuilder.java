package dev.headgate.client;

import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.FailoverSettings.AttemptSettings;
import dev.headgate.core.failover.FailoverSettings.HedgeSettings;
import dev.headgate.core.failover.FailoverSettings.HedgeSettings.After;
import dev.headgate.core.failover.FailoverSettings.TimeoutSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says what a {@link FailoverClient} is like. Not thread-safe. */
public final class FailoverClientBuilder {
    private static final int DEFAULT_MAX_REQUEST_BYTES = 64 * 1024 * 1024;

    /** Nobody waits longer, and more would not fit into nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private List<Backend> backends = List.of();
    private FailoverSettings settings = FailoverSettings.DEFAULTS;
    private final List<ClientListener> listeners = new ArrayList<>();
    private int maxRequestBytes = DEFAULT_MAX_REQUEST_BYTES;
    private String pool = "client";
    private Consumer<FailoverRouter> sharing = router -> {};
    private @Nullable Transport transport;
    private @Nullable Executor executor;

    FailoverClientBuilder() {}

    /** Sets where requests may go; the list is copied. */
    public FailoverClientBuilder backends(List<Backend> value) {
        backends = List.copyOf(value);
        return this;
    }

    /** Sets where requests may go. */
    public FailoverClientBuilder backends(Backend... value) {
        return backends(List.of(value));
    }

    /**
     * Sets how requests are served, with all that the gateway's pools have but a circuit breaker, a queue and a router;
     * {@link FailoverSettings#DEFAULTS} unless set. What was set by the methods below is replaced.
     */
    public FailoverClientBuilder settings(FailoverSettings value) {
        settings = Objects.requireNonNull(value, "settings");
        return this;
    }

    /** Sets how many attempts a request has at most, ≥ 1; as many as there are backends unless set. */
    public FailoverClientBuilder maxAttempts(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("maxAttempts: " + value + " (expected: >= 1)");
        }
        AttemptSettings old = settings.attempts();
        settings = settings.with()
                .attempts(new AttemptSettings(
                        value, old.onlyIfFasterThan(), old.retryBeforeFallback(), old.waitBeforeFallback()))
                .build();
        return this;
    }

    /** Sets until when an answer must have ended, counted from the request; ten minutes unless set. */
    public FailoverClientBuilder totalTimeout(Duration value) {
        TimeoutSettings old = settings.timeouts();
        settings = settings.with()
                .timeouts(new TimeoutSettings(
                        old.connect(), old.ttft(), old.response(), old.idle(), positive("totalTimeout", value)))
                .build();
        return this;
    }

    /** Sets until when a connection must be there; five seconds unless set. */
    public FailoverClientBuilder connectTimeout(Duration value) {
        TimeoutSettings old = settings.timeouts();
        settings = settings.with()
                .timeouts(new TimeoutSettings(
                        positive("connectTimeout", value), old.ttft(), old.response(), old.idle(), old.total()))
                .build();
        return this;
    }

    /** Starts a second attempt elsewhere where the first has given nothing after {@code delay}; off unless set. */
    public FailoverClientBuilder hedgeAfter(Duration delay) {
        settings = settings.with()
                .hedge(new HedgeSettings(
                        After.FIXED,
                        positive("hedgeAfter", delay),
                        settings.hedge().budgetPercent()))
                .build();
        return this;
    }

    private static Duration positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
        return value.compareTo(LONGEST) < 0 ? value : LONGEST;
    }

    /** Adds one who hears what the client does, beside the platform's logger, or in its place if it is a {@link LoggingListener}. */
    public FailoverClientBuilder listener(ClientListener value) {
        listeners.add(Objects.requireNonNull(value, "listener"));
        return this;
    }

    /** Sets how large a body that can be read once may be to be kept for a further attempt; 64 MiB unless set. */
    public FailoverClientBuilder maxRequestBytes(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("maxRequestBytes: " + value + " (expected: >= 0)");
        }
        maxRequestBytes = value;
        return this;
    }

    /** Sets who carries requests, closed with the client; {@link java.net.http.HttpClient} unless set. */
    public FailoverClientBuilder transport(Transport value) {
        transport = Objects.requireNonNull(value, "transport");
        return this;
    }

    /**
     * Sets where callbacks and token providers run, not closed with the client; daemon threads of its own unless set, which
     * also run what is rejected.
     */
    public FailoverClientBuilder executor(Executor value) {
        executor = Objects.requireNonNull(value, "executor");
        return this;
    }

    /** Sets the name of its pool, by which others that share state know it; {@code client} unless set. */
    public FailoverClientBuilder pool(String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("pool: '' (expected: a name)");
        }
        pool = value;
        return this;
    }

    /**
     * Sets what makes clients and gateways act as one: {@code state::join} of a {@code dev.headgate.fleet.SharedState}, which is
     * not closed with the client. Those that share must call pool and backends by the same names.
     */
    public FailoverClientBuilder sharing(Consumer<FailoverRouter> value) {
        sharing = Objects.requireNonNull(value, "sharing");
        return this;
    }

    /**
     * Builds the client.
     *
     * @throws IllegalArgumentException if there are no backends, none has a weight, two have one id or are the same, or the
     *     settings have what only the gateway can do
     */
    public FailoverClient build() {
        check();
        List<ClientListener> heard = new ArrayList<>(listeners);
        if (listeners.stream().noneMatch(LoggingListener.class::isInstance)) {
            heard.add(0, LoggingListener.to(System.getLogger("dev.headgate.client")));
        }
        ClientThreads threads = new ClientThreads(executor);
        Transport carrier =
                transport == null ? JdkTransport.create(settings.timeouts().connect(), threads) : transport;
        Engine engine = new Engine(pool, backends, settings, carrier, threads, new ClientEvents(heard));
        sharing.accept(engine.router());
        return new FailoverClient(engine, maxRequestBytes, threads::close);
    }

    private void check() {
        if (backends.isEmpty()) {
            throw new IllegalArgumentException("backends: [] (expected: at least one)");
        }
        if (backends.stream().allMatch(each -> each.routed().weight() == 0)) {
            throw new IllegalArgumentException("backends: all have weight 0 (expected: at least one above 0)");
        }
        for (int i = 0; i < backends.size(); i++) {
            for (int j = 0; j < i; j++) {
                checkPair(backends.get(j), backends.get(i));
            }
        }
        if (settings.circuitBreaker() != null || settings.queue().size() > 0) {
            throw new IllegalArgumentException(
                    "settings: a circuit breaker or a queue (expected: none; backends have limits of their own)");
        }
        if (settings.router() != null) {
            throw new IllegalArgumentException("settings: a router (expected: none; selection says how one is picked)");
        }
    }

    private static void checkPair(Backend first, Backend second) {
        if (first.isSameAs(second)) {
            throw new IllegalArgumentException("backends: " + first.id() + " and " + second.id()
                    + " are the same (expected: another URL, path, key or other models)");
        }
        if (first.id().equals(second.id())) {
            throw new IllegalArgumentException(
                    "backends: two with the id " + first.id() + " (expected: ids that differ, see withId)");
        }
    }
}
