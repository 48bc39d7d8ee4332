package dev.headgate.gateway;

import dev.headgate.core.failover.BackendStatus;
import dev.headgate.gateway.admin.AdminHandler;
import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.admin.Health;
import dev.headgate.gateway.dispatch.Dispatcher;
import dev.headgate.gateway.dispatch.DispatcherOptions;
import dev.headgate.gateway.dispatch.FleetView;
import dev.headgate.gateway.dispatch.TaskHandler;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.gateway.dispatch.WorkerUpgrade;
import dev.headgate.gateway.http.HttpLimits;
import dev.headgate.gateway.http.HttpListener;
import dev.headgate.gateway.http.OpenPort;
import dev.headgate.gateway.http.Routes;
import dev.headgate.gateway.http.TlsFiles;
import dev.headgate.gateway.openai.EmbeddingsHandler;
import dev.headgate.gateway.openai.ModelsHandler;
import dev.headgate.gateway.relay.Relay;
import dev.headgate.gateway.relay.RelayHandler;
import dev.headgate.gateway.relay.RelayOptions;
import dev.headgate.gateway.transport.Transport;
import dev.headgate.worker.protocol.WorkerProtocol;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A running server. Thread-safe. */
public final class GatewayServer implements AutoCloseable {
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final HttpListener listener;
    private final ExecutorService largeRequests = Executors.newVirtualThreadPerTaskExecutor();
    private final Dispatcher dispatcher;
    private final ClientAuth callers;
    private final @Nullable Relay relay;
    private final Routes routes;
    private final OpenPort port;
    private final @Nullable OpenPort adminPort;
    private final @Nullable AdminHandler operators;
    private final AtomicBoolean closed = new AtomicBoolean();

    private GatewayServer(GatewayOptions options) throws IOException {
        listener = new HttpListener(options.transport(), options.threads());
        DispatcherOptions dispatching = options.dispatcher();
        dispatcher = new Dispatcher(
                dispatching == null ? DispatcherOptions.DEFAULTS : dispatching,
                listener.loops().next());
        callers = new ClientAuth(options.clients());
        RelayOptions relayed = options.relay();
        relay = relayed == null
                ? null
                : Relay.on(listener.loops(), relayed, options.http().stallTime(), options.accessLog());
        if (relay != null) {
            relay.share(options.sharing());
        }
        routes = routes(options);
        HttpLimits limits = relayed == null
                ? options.http()
                : options.http().withBodies(options.http().bodyBytes(), relayed.maxBufferedBytes());
        try {
            port = listener.listen(options.listen(), routes, limits, options.tls());
            AdminOptions admin = options.admin();
            AdminHandler handler = admin == null
                    ? null
                    : new AdminHandler(admin, relay, dispatcher.chooser(), listener, largeRequests);
            operators = handler;
            adminPort = admin == null || handler == null
                    ? null
                    : listener.listen(admin.listen(), handler.routes(), HttpLimits.DEFAULTS, null);
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
        ModelsHandler models = new ModelsHandler(dispatcher, Instant.now().getEpochSecond());
        EmbeddingsHandler embeddings = new EmbeddingsHandler(dispatcher, options.tasks());
        boolean hasWorkers = options.dispatcher() != null;
        Routes table = new Routes(callers, largeRequests)
                .add(HttpMethod.GET, "/healthz", Health::healthy)
                .add(HttpMethod.GET, "/readyz", Health::healthy);
        if (hasWorkers) {
            addWorkers(table, options);
        } else {
            table.add(HttpMethod.GET, "/health", Health::healthy);
        }
        Relay relaying = relay;
        RelayOptions relayed = options.relay();
        if (relaying == null || relayed == null) {
            return table.add(HttpMethod.POST, "/v1/embeddings", embeddings)
                    .add(HttpMethod.GET, "/v1/models", models::list)
                    .add(HttpMethod.GET, "/v1/models/", models::one);
        }
        RelayHandler relays = new RelayHandler(relaying);
        ModelDoor door = new ModelDoor(dispatcher, relaying, relays, embeddings);
        if (hasWorkers) {
            table.add(HttpMethod.POST, "/v1/embeddings", door.embeddings());
        }
        return table.add(HttpMethod.GET, "/v1/models", door.models()).addFallback(relays, relayed.maxRequestBytes());
    }

    private void addWorkers(Routes table, GatewayOptions options) {
        FleetView fleet = new FleetView(dispatcher);
        table.add(HttpMethod.GET, "/health", fleet::health)
                .add(HttpMethod.GET, "/workers", fleet::workers)
                .add(HttpMethod.GET, "/labels", fleet::labels)
                .add(HttpMethod.POST, "/run-task", new TaskHandler(dispatcher, options.tasks()))
                .addUpgrade(WorkerProtocol.PATH, new WorkerUpgrade(dispatcher));
    }

    /** Returns how sockets are read and written: what was asked for, or what works here instead. */
    public Transport transport() {
        return listener.transport();
    }

    /** Returns where it listens. */
    public InetSocketAddress address() {
        return port.address();
    }

    /** Returns where the operator's listener is; throws IllegalStateException if there is none. */
    public InetSocketAddress adminAddress() {
        OpenPort known = adminPort;
        if (known == null) {
            throw new IllegalStateException("there is no admin listener");
        }
        return known.address();
    }

    /**
     * Puts other backends, pools and routes into force, all at once. Calls in flight end as they began; the state of
     * backends whose id and address are unchanged survives. Throws IllegalStateException if the server began without a relay.
     */
    public void reload(RelayOptions options) {
        Relay relaying = relay;
        if (relaying == null) {
            throw new IllegalStateException("the server began without backends to relay to");
        }
        relaying.reload(options);
        routes.fallbackBodyBytes(options.maxRequestBytes());
        port.limitBodies(options.maxBufferedBytes());
    }

    /**
     * Reads other certificates for callers; what is returned shows them to connections from then on. Throws IOException with
     * one sentence if they are not what they should be, IllegalStateException if the server began without TLS.
     */
    public Runnable otherCertificates(TlsFiles files) throws IOException {
        return port.otherCertificates(files);
    }

    /** Lets in operators who show {@code token} from now on, null for all; without an admin listener it does nothing. */
    public void admitOperators(@Nullable Token token) {
        AdminHandler handler = operators;
        if (handler != null) {
            handler.admit(token);
        }
    }

    /** Lets in these callers from now on; empty if no token is needed. */
    public void admit(List<GatewayOptions.Client> clients) {
        callers.admit(clients);
    }

    /** Returns how many configurations of the relay have been in force, 0 without a relay. */
    public long generation() {
        Relay relaying = relay;
        return relaying == null ? 0 : relaying.generation();
    }

    /** Returns how many connections are open, of callers and workers. */
    public int openConnections() {
        return listener.openConnections();
    }

    /** Returns the bytes of answers that callers have not taken yet. */
    public long heldAnswerBytes() {
        return listener.heldAnswerBytes();
    }

    /** Returns how the backends stand that requests are relayed to, empty without a relay. */
    List<BackendStatus> backends() {
        Relay relaying = relay;
        return relaying == null ? List.of() : relaying.status();
    }

    /** Returns the dispatcher, for callers in the same process. */
    public Dispatcher dispatcher() {
        return dispatcher;
    }

    /**
     * Takes no more connections, lets what runs end for at most 30 seconds, and stops. While tasks run, it goes on listening,
     * as a worker that lost its connection may come back with a result.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            long startNanos = System.nanoTime();
            port.sayGoodbye();
            dispatcher.drain(DRAIN).join();
            port.close(DRAIN.minusNanos(System.nanoTime() - startNanos));
            Relay relaying = relay;
            if (relaying != null) {
                relaying.close(); // after the callers are gone: else what is cut here would look like backends that
                // fail
            }
            listener.close();
            largeRequests.close();
        }
    }
}
