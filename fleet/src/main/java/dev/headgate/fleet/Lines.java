package dev.headgate.fleet;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletableFuture;

/**
 * Two connections to one server, which begin and end together.
 *
 * @param scripts for calls
 * @param news for what others tell
 */
record Lines(StatefulRedisConnection<String, String> scripts, StatefulRedisPubSubConnection<String, String> news) {
    /** Calls {@code action}, once or twice, when either is lost. */
    void onLoss(Runnable action) {
        RedisConnectionStateListener listener = new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                action.run();
            }
        };
        scripts.addListener(listener);
        news.addListener(listener);
        if (!scripts.isOpen() || !news.isOpen()) {
            action.run();
        }
    }

    /** Ends both; what is returned completes when they have ended. */
    CompletableFuture<Void> close() {
        return CompletableFuture.allOf(scripts.closeAsync(), news.closeAsync());
    }
}
