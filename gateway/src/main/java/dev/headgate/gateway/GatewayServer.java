package dev.headgate.gateway;

import dev.headgate.gateway.dispatch.Dispatcher;
import dev.headgate.gateway.dispatch.FleetView;
import dev.headgate.gateway.dispatch.TaskHandler;
import dev.headgate.gateway.dispatch.WorkerUpgrade;
import dev.headgate.gateway.http.HttpListener;
import dev.headgate.gateway.http.Routes;
import dev.headgate.gateway.openai.EmbeddingsHandler;
import dev.headgate.gateway.openai.ModelsHandler;
import dev.headgate.worker.protocol.WorkerProtocol;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** A running server. Thread-safe. */
public final class GatewayServer implements AutoCloseable {
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final HttpListener listener;
    private final ExecutorService largeRequests = Executors.newVirtualThreadPerTaskExecutor();
    private final Dispatcher dispatcher;
    private final InetSocketAddress address;
    private final AtomicBoolean closed = new AtomicBoolean();

    private GatewayServer(GatewayOptions options) throws IOException {
        listener = new HttpListener(options.threads());
        dispatcher = new Dispatcher(options.dispatcher(), listener.loops().next());
        try {
            address = listener.listen(options.listen(), routes(options), options.http());
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    /** Starts a server; throws IOException with one sentence if it cannot listen. */
    public static GatewayServer start(GatewayOptions options) throws IOException {
        return new GatewayServer(options);
    }

    private Routes routes(GatewayOptions options) {
        FleetView fleet = new FleetView(dispatcher);
        ModelsHandler models = new ModelsHandler(dispatcher, Instant.now().getEpochSecond());
        return new Routes(new ClientAuth(options.clients()), largeRequests)
                .add(HttpMethod.GET, "/health", fleet::health)
                .add(HttpMethod.GET, "/workers", fleet::workers)
                .add(HttpMethod.GET, "/labels", fleet::labels)
                .add(HttpMethod.POST, "/run-task", new TaskHandler(dispatcher, options.tasks()))
                .add(HttpMethod.POST, "/v1/embeddings", new EmbeddingsHandler(dispatcher, options.tasks()))
                .add(HttpMethod.GET, "/v1/models", models::list)
                .add(HttpMethod.GET, "/v1/models/", models::one)
                .addUpgrade(WorkerProtocol.PATH, new WorkerUpgrade(dispatcher));
    }

    /** Returns where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Returns how many connections are open, of callers and workers. */
    public int openConnections() {
        return listener.openConnections();
    }

    /** Returns the dispatcher, for callers in the same process. */
    public Dispatcher dispatcher() {
        return dispatcher;
    }

    /** Refuses new work, lets what runs end for at most 30 seconds, and stops. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            dispatcher.drain(DRAIN).join();
            listener.close();
            largeRequests.close();
        }
    }
}
