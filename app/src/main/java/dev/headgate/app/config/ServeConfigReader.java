package dev.headgate.app.config;

import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverPlan.ModelRoute;
import dev.headgate.core.pool.Place;
import dev.headgate.fleet.FleetOptions;
import dev.headgate.gateway.relay.RelayOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration file of {@code headgate serve}.
 *
 * <p>The readers of this package list every key, also those of the documentation whose feature is not built: they are
 * refused by name, so that nobody believes a setting to be in force that is not.
 */
public final class ServeConfigReader {
    private static final Kind<Integer> PORT = Kind.integer(0, 65_535);
    private static final Kind<String> HOST = Kind.text("a name or an address");
    private final Reading reading;
    private final Section root;

    private ServeConfigReader(Reading reading, Section root) {
        this.reading = reading;
        this.root = root;
    }

    /** Returns the defaults under the given flags; throws {@link ConfigException} if they do not go together. */
    public static ServeConfig defaults(ListenFlags flags) {
        ServeConfig standard = ServeConfig.DEFAULT;
        ListenConfig listen = flags.over(standard.listen());
        if (!listen.isLoopback()) {
            throw new ConfigException(List.of("--host: " + listen.host() + Exposure.OF_WORKERS));
        }
        return new ServeConfig(
                listen,
                flags.over(standard.admin(), null),
                standard.clients(),
                standard.dispatchPool(),
                standard.workerRouter(),
                standard.dispatch(),
                standard.relay(),
                standard.shared(),
                standard.insecure(),
                standard.accessLog(),
                standard.files(),
                standard.warnings());
    }

    /**
     * Returns what the file says, with the flags over it; paths in the file are relative to its folder, and variables are
     * those of the environment. Throws {@link ConfigException} with every problem found.
     */
    public static ServeConfig read(Path file, ListenFlags flags) {
        return read(file, flags, System::getenv);
    }

    static ServeConfig read(Path file, ListenFlags flags, UnaryOperator<@Nullable String> environment) {
        Problems problems = new Problems(file.toString());
        Reading reading = Reading.of(file, problems, environment);
        Section root = new Section(reading, YamlTree.read(file, problems));
        ServeConfig config = new ServeConfigReader(reading, root).config(flags);
        problems.throwIfAny();
        return config;
    }

    /** Returns the keys of the file in the words of JSON Schema. */
    static Map<String, Object> schema() {
        Reading reading = Reading.ofNothing();
        Section root = new Section(reading, null);
        new ServeConfigReader(reading, root).config(ListenFlags.NONE);
        return root.shape().schema();
    }

    private ServeConfig config(ListenFlags flags) {
        Section listenSection = root.section("listen");
        ListenConfig listen = flags.over(listen(listenSection));
        Optional<Section> adminSection = root.sectionOrOff("admin");
        AdminConfig askedAdmin = adminSection.map(ServeConfigReader::admin).orElse(null);
        Section authSection = root.section("auth");
        List<ClientAuth> clients = Tokens.clients(authSection);
        authSection.end();
        Map<String, Section> sections = root.named("pools");
        PoolsReader pools = PoolsReader.read(sections);
        @Nullable String dispatchPool = sections.isEmpty() ? ServeConfig.DEFAULT.dispatchPool() : pools.dispatchPool();
        Section dispatchSection = root.section("dispatch");
        DispatchConfig dispatch = DispatchReader.read(dispatchSection);
        pools.checkPlacement(dispatch.placement().policy());
        @Nullable RelayOptions relay = relay(pools);
        boolean insecure = root.value("insecure", Kind.flag(), ServeConfig.DEFAULT.insecure());
        boolean accessLog = root.value("accessLog", Kind.flag(), ServeConfig.DEFAULT.accessLog());
        Optional<FleetOptions> shared = root.sectionOrOff("shared").flatMap(SharedReader::read);
        root.notBuilt("autoscale", "the number of workers is fixed");
        root.end();
        if (dispatchPool == null && root.has("dispatch")) {
            root.problem("dispatch", "no workers to dispatch to (expected: a pool with dispatch: true)");
        }
        if (shared.isPresent() && sections.values().stream().allMatch(pool -> pool.has("dispatch"))) {
            root.problem("shared", "nothing to share (expected: a pool with backends)");
        }
        AdminConfig standardAdmin = relay == null || root.has("admin") ? null : AdminConfig.DEFAULT;
        ServeConfig config = new ServeConfig(
                listen,
                flags.over(askedAdmin, standardAdmin),
                clients,
                dispatchPool,
                pools.workerRouter(),
                dispatch,
                relay,
                shared.orElse(null),
                insecure,
                accessLog,
                reading.files(),
                reading.problems().warnings());
        // Tokens that could not be read are a problem already noted, and may be all that is missing.
        if (reading.problems().count() == 0 || !(dispatchSection.has("auth") || root.has("auth"))) {
            Exposure.ofListener(config).ifPresent(text -> listenSection.problem("host", text));
        }
        Exposure.ofAdmin(config).ifPresent(text -> adminSection.orElse(root).problem("host", text));
        AdminConfig admin = config.admin();
        if (admin != null
                && listen.port() != 0
                && listen.port() == admin.port()
                && listen.host().equals(admin.host())) {
            adminSection.ifPresent(section ->
                    section.problem("port", listen.port() + " (expected: another port than that of listen)"));
        }
        return config;
    }

    private static ListenConfig listen(Section section) {
        ListenConfig standard = ListenConfig.DEFAULT;
        String host = section.value("host", HOST, standard.host());
        int port = section.value("port", PORT, standard.port());
        @Nullable
        TlsConfig tls =
                section.sectionOrOff("tls").flatMap(ServeConfigReader::tls).orElse(null);
        section.end();
        return new ListenConfig(host, port, tls);
    }

    private static Optional<TlsConfig> tls(Section section) {
        Optional<Path> certificate = Pem.requiredCertificates(section, "certFile");
        Optional<Path> key = Pem.requiredPrivateKey(section, "keyFile");
        section.end();
        return certificate.flatMap(chain -> key.map(secret -> new TlsConfig(chain, secret)));
    }

    private static AdminConfig admin(Section section) {
        AdminConfig standard = AdminConfig.DEFAULT;
        AdminConfig admin = new AdminConfig(
                section.value("host", HOST, standard.host()),
                section.value("port", PORT, standard.port()),
                Tokens.optional(section).orElse(null),
                section.value("allowRouterSource", Kind.flag(), standard.allowsRouterSource()),
                true);
        section.end();
        return admin;
    }

    private @Nullable RelayOptions relay(PoolsReader pools) {
        Section selfSection = root.section("self");
        Place self = PlaceReader.read(selfSection);
        selfSection.end();
        List<ModelRoute> routes = RouteReader.read(root.sections("routes"), pools.names());
        long maxBufferedBytes = root.value("maxBufferedBytes", Kind.bytes(1L << 40), RelayOptions.MAX_BUFFERED_BYTES);
        if (pools.names().size() > 1 && routes.isEmpty() && !root.has("routes")) {
            root.problem("routes", "missing (expected: a route to each pool, as there are several)");
        }
        // What is not whole cannot be put together.
        if (reading.problems().count() > 0
                || reading.describes()
                || pools.names().isEmpty()) {
            return null;
        }
        return new RelayOptions(new FailoverPlan(pools.plans(), routes, self), pools.edges(), maxBufferedBytes);
    }
}
