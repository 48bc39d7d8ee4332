package dev.headgate.client.langchain4j;

import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Holds what a listener is told to the order open, events, close, or one error instead of what is left. What the listener
 * throws ends nothing but itself.
 */
final class Listening implements ServerSentEventListener {
    private static final System.Logger LOG = System.getLogger("dev.headgate.client");

    private final ServerSentEventListener target;
    private final AtomicBoolean isOver = new AtomicBoolean();

    Listening(ServerSentEventListener target) {
        this.target = target;
    }

    @Override
    public void onOpen(SuccessfulHttpResponse response) {
        tell(() -> target.onOpen(response));
    }

    @Override
    public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
        if (!isOver.get()) {
            tell(() -> target.onEvent(event, context));
        }
    }

    @Override
    public void onEvent(ServerSentEvent event) {
        if (!isOver.get()) {
            tell(() -> target.onEvent(event));
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (isOver.compareAndSet(false, true)) {
            tell(() -> target.onError(failure));
        }
    }

    @Override
    public void onClose() {
        if (isOver.compareAndSet(false, true)) {
            tell(target::onClose);
        }
    }

    @SuppressWarnings("IllegalCatch") // a listener is foreign code, and the stream goes on without its mistakes
    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "listener of a stream threw: reason=" + e.getClass().getSimpleName());
        }
    }
}
