package dev.headgate.gateway;

import dev.headgate.gateway.http.Routes;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets in callers that show a token, if there are tokens; health checks are open to all.
 *
 * <p>Every token is compared, so that the time taken does not tell which one was close.
 */
final class ClientAuth implements Routes.Filter {
    private static final Set<String> OPEN = Set.of("/health", "/healthz", "/readyz");
    private static final Optional<String> NOBODY = Optional.of("");

    private volatile List<GatewayOptions.Client> clients;

    ClientAuth(List<GatewayOptions.Client> clients) {
        this.clients = List.copyOf(clients);
    }

    /** Lets in these callers from now on. */
    void admit(List<GatewayOptions.Client> others) {
        clients = List.copyOf(others);
    }

    @Override
    public Optional<String> tenant(String path, HttpHeaders head) {
        List<GatewayOptions.Client> known = clients;
        if (known.isEmpty() || OPEN.contains(path)) {
            return NOBODY;
        }
        String authorization = head.get(HttpHeaderNames.AUTHORIZATION, "");
        Optional<String> admitted = Optional.empty();
        for (GatewayOptions.Client client : known) {
            if (client.token().isIn(authorization)) {
                admitted = Optional.of(client.tenant());
            }
        }
        if (admitted.isPresent()) {
            head.remove(HttpHeaderNames.AUTHORIZATION); // the token is ours, no backend's
        }
        return admitted;
    }
}
