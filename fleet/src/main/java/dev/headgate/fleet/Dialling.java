package dev.headgate.fleet;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens connections to one server and makes sure that it is what is needed. Thread-safe. */
final class Dialling {
    /** Also on a busy machine, where much has to be loaded before the first connection stands. */
    static final Duration FIRST = Duration.ofSeconds(5);

    /** Much longer than a login takes, and short against the time between two tries. */
    static final Duration LATER = Duration.ofMillis(800);

    /** More calls than a fleet makes in the 20 ms that one may take. */
    private static final int MAX_CALLS = 4_096;

    /** Lettuce has no fewer. */
    private static final int THREADS = 2;

    private final FleetOptions options;
    private final ClientResources resources;
    private final RedisClient client;
    private final String channel;

    Dialling(FleetOptions options, String channel) {
        this.options = options;
        this.channel = channel;
        resources = DefaultClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .threadFactoryProvider(name -> new DefaultThreadFactory("headgate-fleet-" + name, true))
                .build();
        client = RedisClient.create(resources, uri(options));
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MAX_CALLS)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(FIRST)
                        .keepAlive(false) // a call each second tells more
                        .build())
                .build());
    }

    /** Returns the server's host and port. */
    String address() {
        return options.address();
    }

    /**
     * Opens both connections within {@code longest}, in the background; {@code news} hears what others tell, on a thread
     * of Lettuce. What is opened for an attempt that fails is closed.
     */
    CompletableFuture<Lines> dial(Duration longest, Consumer<String> news) {
        CompletableFuture<StatefulRedisConnection<String, String>> scripts =
                client.connectAsync(StringCodec.UTF8, uri(options)).toCompletableFuture();
        CompletableFuture<StatefulRedisPubSubConnection<String, String>> heard =
                client.connectPubSubAsync(StringCodec.UTF8, uri(options)).toCompletableFuture();
        return scripts.thenCombine(heard, Lines::new)
                .thenCompose(lines -> checked(lines, news))
                .orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((lines, failure) -> {
                    if (failure != null) {
                        closeOnceOpen(scripts);
                        closeOnceOpen(heard);
                    }
                });
    }

    private static void closeOnceOpen(CompletableFuture<? extends StatefulConnection<?, ?>> connection) {
        var unused = connection.thenCompose(StatefulConnection::closeAsync);
    }

    private CompletableFuture<Lines> checked(Lines lines, Consumer<String> news) {
        RedisAsyncCommands<String, String> commands = lines.scripts().async();
        lines.news().addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String message) {
                news.accept(message);
            }
        });
        List<CompletableFuture<?>> all = new ArrayList<>();
        all.add(commands.info("server")
                .toCompletableFuture()
                .thenAccept(info -> ServerVersion.check(info, options.address())));
        for (Script script : Script.values()) {
            all.add(commands.scriptLoad(script.text()).toCompletableFuture());
        }
        all.add(lines.news().async().subscribe(channel).toCompletableFuture());
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).thenApply(done -> lines);
    }

    /** Ends all threads, once what is under way has ended. */
    void close() {
        var unused = client.shutdownAsync(0, 1, TimeUnit.SECONDS).thenRun(this::endThreads);
    }

    private void endThreads() {
        var unused = resources.shutdown(0, 1, TimeUnit.SECONDS);
    }

    /** Returns why something failed, in a sentence that holds no secret. */
    static String sentence(Throwable failure, String address) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FleetException known && known.getMessage() != null) {
                return known.getMessage();
            }
            if (cause instanceof TimeoutException || cause instanceof RedisCommandTimeoutException) {
                return "redis: " + address + " does not answer in time";
            }
            if (cause instanceof RedisCommandExecutionException refused) {
                return "redis: " + address + " " + refusal(String.valueOf(refused.getMessage()));
            }
        }
        return "redis: " + address + " cannot be reached";
    }

    /** Returns whether another try can be of use: not before somebody has changed a password or a server. */
    static boolean isFinal(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean refuses =
                    cause instanceof RedisCommandExecutionException && isLogin(String.valueOf(cause.getMessage()));
            if (cause instanceof FleetException || refuses) {
                return true;
            }
        }
        return false;
    }

    private static String refusal(String answer) {
        if (answer.startsWith("NOAUTH")) {
            return "asks for a password (expected: redis://[user]:password@host)";
        }
        if (isLogin(answer)) {
            return "refuses user and password (expected: those of a user that it knows)";
        }
        int end = answer.indexOf(' ');
        return "refuses: " + (end < 0 ? answer : answer.substring(0, end)); // the rest may quote what was sent
    }

    private static boolean isLogin(String answer) {
        return answer.startsWith("WRONGPASS")
                || answer.startsWith("NOAUTH")
                || answer.startsWith("ERR AUTH")
                || answer.startsWith("ERR Client sent AUTH");
    }

    private static RedisURI uri(FleetOptions options) {
        RedisURI.Builder uri = RedisURI.Builder.redis(options.host(), options.port())
                .withSsl(options.isTls())
                .withDatabase(options.database())
                .withTimeout(FIRST);
        String password = options.password();
        String user = options.user();
        if (password != null && user != null) {
            uri.withAuthentication(user, password.toCharArray());
        } else if (password != null) {
            uri.withPassword(password.toCharArray());
        }
        return uri.build();
    }
}
