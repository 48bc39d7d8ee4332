package dev.headgate.app;

import dev.headgate.app.config.ClientAuth;
import dev.headgate.app.config.DispatchConfig;
import dev.headgate.app.config.LeaseConfig;
import dev.headgate.app.config.LimitConfig;
import dev.headgate.app.config.PlacementConfig;
import dev.headgate.app.config.ServeConfig;
import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.route.DispatchSettings;
import dev.headgate.gateway.GatewayOptions;
import dev.headgate.gateway.dispatch.DispatcherOptions;
import dev.headgate.gateway.dispatch.TaskLimits;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.gateway.http.HttpLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Turns a configuration into what the server takes. */
final class ServerOptions {
    /** One tenant may hold half of what waits while another waits too, dispatch.md §5. */
    private static final double TENANT_SHARE = 0.5;

    private ServerOptions() {}

    static GatewayOptions of(ServeConfig configuration) {
        DispatchConfig dispatch = configuration.dispatch();
        LimitConfig limits = dispatch.limits();
        InetSocketAddress address = new InetSocketAddress(
                configuration.listen().host(), configuration.listen().port());
        if (address.isUnresolved()) {
            throw CommandException.wrongUse(
                    "listen.host: " + configuration.listen().host() + " (expected: a name or address of this machine)");
        }
        return new GatewayOptions(
                address,
                Runtime.getRuntime().availableProcessors(),
                HttpLimits.DEFAULTS.withBodies(limits.taskBytes(), limits.pendingBytes()),
                new TaskLimits(limits.deadline(), limits.maxDeadline()),
                dispatcher(dispatch),
                dispatch.auth().clients().stream()
                        .map(client -> new GatewayOptions.Client(client.tenant(), token(client.tokenFile())))
                        .toList());
    }

    private static DispatcherOptions dispatcher(DispatchConfig dispatch) {
        PlacementConfig placement = dispatch.placement();
        List<Token> workerTokens = dispatch.auth().workerTokenFiles().stream()
                .map(ServerOptions::token)
                .toList();
        return new DispatcherOptions(
                settings(dispatch),
                placement.policy().name().toLowerCase(Locale.ROOT),
                new PlacementSettings(
                        placement.overlap(),
                        placement.ageBound(),
                        placement.popularityWindow(),
                        placement.horizon(),
                        placement.tieBand(),
                        placement.rent()),
                dispatch.leases().heartbeat(),
                dispatch.limits().resultBytes(),
                workerTokens,
                ThreadLocalRandom.current().nextLong());
    }

    private static DispatchSettings settings(DispatchConfig dispatch) {
        LeaseConfig leases = dispatch.leases();
        LimitConfig limits = dispatch.limits();
        Map<String, Double> weights = dispatch.auth().clients().stream()
                .collect(Collectors.toMap(ClientAuth::tenant, ClientAuth::weight, Math::max));
        return new DispatchSettings(
                leases.suspect(),
                leases.ttl(),
                leases.reconnectGrace(),
                leases.cancelGrace(),
                limits.noWorkerWait(),
                limits.attempts(),
                new AdmissionLimits(limits.pending(), limits.pendingPerLabel(), limits.pendingBytes(), TENANT_SHARE),
                weights);
    }

    private static Token token(Path file) {
        try {
            return new Token(Files.readString(file).strip());
        } catch (IOException | IllegalArgumentException e) {
            throw CommandException.failed("token file: " + file + " (expected: a readable file with one line)");
        }
    }
}
