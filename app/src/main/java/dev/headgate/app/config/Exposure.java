package dev.headgate.app.config;

import dev.headgate.core.pool.Backend.Credential;
import dev.headgate.gateway.relay.RelayOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says why a configuration would let strangers from other machines in, if it would. */
final class Exposure {
    /** What goes on after the host of a listener for callers and workers. */
    static final String OF_WORKERS = " (expected: a loopback address, or tokens in dispatch.auth.workers and"
            + " dispatch.auth.clients, or insecure: true)";

    private static final String OF_CREDENTIALS =
            " (expected: a loopback address, or tokens in auth.clients, or insecure: true)";

    private static final String OF_OPERATORS = " (expected: a loopback address, or admin.tokenFile, or insecure: true)";

    private Exposure() {}

    static Optional<String> ofListener(ServeConfig config) {
        String host = config.listen().host();
        boolean asksCallers = !config.callers().isEmpty();
        if (config.insecure() || config.listen().isLoopback()) {
            return Optional.empty();
        }
        boolean asksWorkers = !config.dispatch().auth().workerTokenFiles().isEmpty();
        if (config.dispatchPool() != null && !(asksCallers && asksWorkers)) {
            return Optional.of(host + OF_WORKERS);
        }
        return !asksCallers && spendsCredentials(config.relay())
                ? Optional.of(host + OF_CREDENTIALS)
                : Optional.empty();
    }

    static Optional<String> ofAdmin(ServeConfig config) {
        AdminConfig admin = config.admin();
        boolean isClosed = admin == null || config.insecure() || admin.isLoopback() || admin.tokenFile() != null;
        return admin == null || isClosed ? Optional.empty() : Optional.of(admin.host() + OF_OPERATORS);
    }

    private static boolean spendsCredentials(@Nullable RelayOptions relay) {
        return relay != null
                && relay.plan().pools().stream()
                        .flatMap(pool -> pool.backends().stream())
                        .anyMatch(backend -> backend.credential() == Credential.OWN
                                || backend.credential() == Credential.TOKEN_PROVIDER);
    }
}
