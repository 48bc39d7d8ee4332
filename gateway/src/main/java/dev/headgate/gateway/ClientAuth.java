package dev.headgate.gateway;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.http.Routes;
import java.util.List;

/**
 * Lets in callers that show a token, if there are tokens; {@code /health} is open to all.
 *
 * <p>Every token is compared, so that the time taken does not tell which one was close.
 */
final class ClientAuth implements Routes.Filter {
    private final List<GatewayOptions.Client> clients;

    ClientAuth(List<GatewayOptions.Client> clients) {
        this.clients = List.copyOf(clients);
    }

    @Override
    public boolean admits(Exchange exchange) {
        if (clients.isEmpty() || exchange.path().equals("/health")) {
            return true;
        }
        String authorization = exchange.header("authorization").orElse("");
        boolean admitted = false;
        for (GatewayOptions.Client client : clients) {
            if (client.token().isIn(authorization)) {
                exchange.tenant(client.tenant());
                admitted = true;
            }
        }
        if (!admitted) {
            exchange.fail(Failure.of(FailureKind.UNAUTHORIZED, "the bearer token is missing or wrong"));
        }
        return admitted;
    }
}
