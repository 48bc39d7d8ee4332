package dev.headgate.gateway;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.http.Routes;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.Set;

/**
 * Lets in callers that show a token, if there are tokens; health checks are open to all.
 *
 * <p>Every token is compared, so that the time taken does not tell which one was close.
 */
final class ClientAuth implements Routes.Filter {
    private static final Set<String> OPEN = Set.of("/health", "/healthz", "/readyz");

    private volatile List<GatewayOptions.Client> clients;

    ClientAuth(List<GatewayOptions.Client> clients) {
        this.clients = List.copyOf(clients);
    }

    /** Lets in these callers from now on. */
    void admit(List<GatewayOptions.Client> others) {
        clients = List.copyOf(others);
    }

    @Override
    public boolean admits(Exchange exchange) {
        List<GatewayOptions.Client> known = clients;
        if (known.isEmpty() || OPEN.contains(exchange.path())) {
            return true;
        }
        String authorization = exchange.header("authorization").orElse("");
        boolean admitted = false;
        for (GatewayOptions.Client client : known) {
            if (client.token().isIn(authorization)) {
                exchange.tenant(client.tenant());
                admitted = true;
            }
        }
        if (admitted) {
            exchange.head().headers().remove(HttpHeaderNames.AUTHORIZATION); // the token is ours, no backend's
        } else {
            exchange.fail(Failure.of(FailureKind.UNAUTHORIZED, "the bearer token is missing or wrong"));
        }
        return admitted;
    }
}
