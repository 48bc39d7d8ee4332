package dev.headgate.gateway;

import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.dispatch.DispatcherOptions;
import dev.headgate.gateway.dispatch.TaskLimits;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.gateway.http.HttpLimits;
import dev.headgate.gateway.http.TlsFiles;
import dev.headgate.gateway.relay.RelayOptions;
import dev.headgate.gateway.transport.Transport;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything a server can be told.
 *
 * @param listen where to listen; port 0 is any free one
 * @param threads event loops, ≥ 1
 * @param http what clients may send
 * @param tasks how long tasks may take
 * @param dispatcher the dispatcher; null = workers may not connect
 * @param clients callers and their tokens; empty if none is needed
 * @param tls what the listener shows; null = plain HTTP
 * @param relay backends to relay to; null = none
 * @param admin the operator's listener; null = none
 * @param accessLog whether each request to the relay is logged
 * @param transport how sockets are read and written
 * @param sharing is handed the relay's router before its first request, to share with other processes what it learns
 */
public record GatewayOptions(
        InetSocketAddress listen,
        int threads,
        HttpLimits http,
        TaskLimits tasks,
        @Nullable DispatcherOptions dispatcher,
        List<Client> clients,
        @Nullable TlsFiles tls,
        @Nullable RelayOptions relay,
        @Nullable AdminOptions admin,
        boolean accessLog,
        Transport transport,
        Consumer<FailoverRouter> sharing) {
    public GatewayOptions {
        clients = List.copyOf(clients);
    }

    /** Returns the defaults for a server that listens on {@code address}. */
    public static GatewayOptions listeningOn(InetSocketAddress address) {
        return new GatewayOptions(
                address,
                2,
                HttpLimits.DEFAULTS,
                TaskLimits.DEFAULTS,
                DispatcherOptions.DEFAULTS,
                List.of(),
                null,
                null,
                null,
                false,
                Transport.usual(),
                router -> {});
    }

    /** Returns these options with so many event loops. */
    public GatewayOptions withThreads(int other) {
        return new GatewayOptions(
                listen, other, http, tasks, dispatcher, clients, tls, relay, admin, accessLog, transport, sharing);
    }

    /** Returns these options with another dispatcher. */
    public GatewayOptions withDispatcher(DispatcherOptions other) {
        return new GatewayOptions(
                listen, threads, http, tasks, other, clients, tls, relay, admin, accessLog, transport, sharing);
    }

    /** Returns these options for a server that workers may not connect to. */
    public GatewayOptions withoutDispatcher() {
        return new GatewayOptions(
                listen, threads, http, tasks, null, clients, tls, relay, admin, accessLog, transport, sharing);
    }

    /** Returns these options with other limits on what clients may send. */
    public GatewayOptions withHttp(HttpLimits other) {
        return new GatewayOptions(
                listen, threads, other, tasks, dispatcher, clients, tls, relay, admin, accessLog, transport, sharing);
    }

    /** Returns these options with other limits on the time of tasks. */
    public GatewayOptions withTasks(TaskLimits other) {
        return new GatewayOptions(
                listen, threads, http, other, dispatcher, clients, tls, relay, admin, accessLog, transport, sharing);
    }

    /** Returns these options for the callers named only. */
    public GatewayOptions withClients(List<Client> only) {
        return new GatewayOptions(
                listen, threads, http, tasks, dispatcher, only, tls, relay, admin, accessLog, transport, sharing);
    }

    /** Returns these options with a listener that speaks TLS. */
    public GatewayOptions withTls(TlsFiles shown) {
        return new GatewayOptions(
                listen, threads, http, tasks, dispatcher, clients, shown, relay, admin, accessLog, transport, sharing);
    }

    /** Returns these options with backends to relay to. */
    public GatewayOptions withRelay(RelayOptions other) {
        return new GatewayOptions(
                listen, threads, http, tasks, dispatcher, clients, tls, other, admin, accessLog, transport, sharing);
    }

    /** Returns these options with a listener for the operator. */
    public GatewayOptions withAdmin(AdminOptions other) {
        return new GatewayOptions(
                listen, threads, http, tasks, dispatcher, clients, tls, relay, other, accessLog, transport, sharing);
    }

    /** Returns these options with a line in the log for each request to the relay. */
    public GatewayOptions withAccessLog() {
        return new GatewayOptions(
                listen, threads, http, tasks, dispatcher, clients, tls, relay, admin, true, transport, sharing);
    }

    /** Returns these options over another transport. */
    public GatewayOptions withTransport(Transport other) {
        return new GatewayOptions(
                listen, threads, http, tasks, dispatcher, clients, tls, relay, admin, accessLog, other, sharing);
    }

    /** Returns these options for a relay whose router is handed to {@code other} before its first request. */
    public GatewayOptions withSharing(Consumer<FailoverRouter> other) {
        return new GatewayOptions(
                listen, threads, http, tasks, dispatcher, clients, tls, relay, admin, accessLog, transport, other);
    }

    /**
     * A caller.
     *
     * @param tenant its name, not empty
     * @param token what it must show
     */
    public record Client(String tenant, Token token) {}
}
