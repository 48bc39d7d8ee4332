package dev.headgate.app;

import dev.headgate.app.config.AdminConfig;
import dev.headgate.app.config.ClientAuth;
import dev.headgate.app.config.DispatchConfig;
import dev.headgate.app.config.LeaseConfig;
import dev.headgate.app.config.LimitConfig;
import dev.headgate.app.config.ListenConfig;
import dev.headgate.app.config.PlacementConfig;
import dev.headgate.app.config.ServeConfig;
import dev.headgate.app.config.TlsConfig;
import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.route.DispatchSettings;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.gateway.GatewayOptions;
import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.admin.Reload;
import dev.headgate.gateway.dispatch.DispatcherOptions;
import dev.headgate.gateway.dispatch.TaskLimits;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.gateway.dispatch.WorkerRouting;
import dev.headgate.gateway.http.HttpLimits;
import dev.headgate.gateway.http.TlsFiles;
import dev.headgate.gateway.relay.RelayOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns a configuration into what the server takes. */
final class ServerOptions {
    /** One tenant may hold half of what waits while another waits too, dispatch.md §5. */
    private static final double TENANT_SHARE = 0.5;

    private ServerOptions() {}

    /** Returns what the server takes; {@code reload} reads the configuration again for operators. */
    static GatewayOptions of(ServeConfig configuration, Reload reload) {
        DispatchConfig dispatch = configuration.dispatch();
        LimitConfig limits = dispatch.limits();
        ListenConfig listen = configuration.listen();
        GatewayOptions options = GatewayOptions.listeningOn(address("listen.host", listen.host(), listen.port()))
                .withThreads(Runtime.getRuntime().availableProcessors())
                .withHttp(HttpLimits.DEFAULTS.withBodies(limits.taskBytes(), limits.pendingBytes()))
                .withTasks(new TaskLimits(limits.deadline(), limits.maxDeadline()))
                .withClients(clients(configuration));
        options = configuration.dispatchPool() == null
                ? options.withoutDispatcher()
                : options.withDispatcher(dispatcher(configuration));
        TlsConfig tls = listen.tls();
        if (tls != null) {
            options = options.withTls(files(tls));
        }
        RelayOptions relay = configuration.relay();
        if (relay != null) {
            options = options.withRelay(relay);
        }
        AdminConfig admin = configuration.admin();
        if (admin != null) {
            options = options.withAdmin(admin(admin, reload));
        }
        return configuration.accessLog() ? options.withAccessLog() : options;
    }

    /** Returns the callers with the tokens that their files hold now. */
    static List<GatewayOptions.Client> clients(ServeConfig configuration) {
        return configuration.callers().stream()
                .map(client -> new GatewayOptions.Client(client.tenant(), token(client.tokenFile())))
                .toList();
    }

    /** Returns what operators must show by what the file holds now; null asks for nothing. */
    static @Nullable Token operatorToken(AdminConfig admin) {
        Path file = admin.tokenFile();
        return file == null ? null : token(file);
    }

    /** Returns what callers are shown. */
    static TlsFiles files(TlsConfig tls) {
        return new TlsFiles(tls.certificate(), tls.key());
    }

    private static AdminOptions admin(AdminConfig admin, Reload reload) {
        return new AdminOptions(address("admin.host", admin.host(), admin.port()), operatorToken(admin), reload);
    }

    private static InetSocketAddress address(String key, String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw CommandException.wrongUse(key + ": " + host + " (expected: a name or address of this machine)");
        }
        return address;
    }

    private static DispatcherOptions dispatcher(ServeConfig configuration) {
        DispatchConfig dispatch = configuration.dispatch();
        PlacementConfig placement = dispatch.placement();
        List<Token> workerTokens = dispatch.auth().workerTokenFiles().stream()
                .map(ServerOptions::token)
                .toList();
        DispatcherOptions options = new DispatcherOptions(
                settings(configuration),
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
        String pool = configuration.dispatchPool();
        RouterSettings router = configuration.workerRouter();
        return pool == null || router == null ? options : options.routedBy(new WorkerRouting(pool, router));
    }

    private static DispatchSettings settings(ServeConfig configuration) {
        DispatchConfig dispatch = configuration.dispatch();
        LeaseConfig leases = dispatch.leases();
        LimitConfig limits = dispatch.limits();
        Map<String, Double> weights = configuration.callers().stream()
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
