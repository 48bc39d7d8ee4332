package dev.headgate.gateway;

import dev.headgate.gateway.dispatch.DispatcherOptions;
import dev.headgate.gateway.dispatch.TaskLimits;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.gateway.http.HttpLimits;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Everything a server can be told.
 *
 * @param listen where to listen; port 0 is any free one
 * @param threads event loops, ≥ 1
 * @param http what clients may send
 * @param tasks how long tasks may take
 * @param dispatcher the dispatcher
 * @param clients callers and their tokens; empty if none is needed
 */
public record GatewayOptions(
        InetSocketAddress listen,
        int threads,
        HttpLimits http,
        TaskLimits tasks,
        DispatcherOptions dispatcher,
        List<Client> clients) {
    public GatewayOptions {
        clients = List.copyOf(clients);
    }

    /** Returns the defaults for a server that listens on {@code address}. */
    public static GatewayOptions listeningOn(InetSocketAddress address) {
        return new GatewayOptions(
                address, 2, HttpLimits.DEFAULTS, TaskLimits.DEFAULTS, DispatcherOptions.DEFAULTS, List.of());
    }

    /** Returns these options with another dispatcher. */
    public GatewayOptions withDispatcher(DispatcherOptions other) {
        return new GatewayOptions(listen, threads, http, tasks, other, clients);
    }

    /** Returns these options with other limits on what clients may send. */
    public GatewayOptions withHttp(HttpLimits other) {
        return new GatewayOptions(listen, threads, other, tasks, dispatcher, clients);
    }

    /** Returns these options with other limits on the time of tasks. */
    public GatewayOptions withTasks(TaskLimits other) {
        return new GatewayOptions(listen, threads, http, other, dispatcher, clients);
    }

    /** Returns these options for the callers named only. */
    public GatewayOptions withClients(List<Client> only) {
        return new GatewayOptions(listen, threads, http, tasks, dispatcher, only);
    }

    /**
     * A caller.
     *
     * @param tenant its name, not empty
     * @param token what it must show
     */
    public record Client(String tenant, Token token) {}
}
