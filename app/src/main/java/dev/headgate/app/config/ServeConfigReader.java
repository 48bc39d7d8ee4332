package dev.headgate.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the configuration file of {@code headgate serve}.
 *
 * <p>This class lists every key, also those of the documentation whose feature is not built: they are refused by name,
 * so that nobody believes a setting to be in force that is not.
 */
public final class ServeConfigReader {
    private static final Duration ANY = Duration.ZERO;
    private static final Duration SOME = Duration.ofMillis(1);

    /** A string in JSON has at most 20 million characters, here as in the workers. */
    private static final int LARGEST_TASK_BYTES = 16 << 20;

    /** A result is held in one array. */
    private static final int LARGEST_RESULT_BYTES = 1 << 30;

    private final Problems problems;
    private final Path folder;

    private ServeConfigReader(Problems problems, Path folder) {
        this.problems = problems;
        this.folder = folder;
    }

    /** Returns the defaults under the given flags; throws {@link ConfigException} if they do not go together. */
    public static ServeConfig defaults(ListenFlags flags) {
        ServeConfig standard = ServeConfig.DEFAULT;
        ServeConfig config = new ServeConfig(
                flags.over(standard.listen()), standard.pool(), standard.dispatch(), standard.insecure());
        Optional<String> exposure = exposure(config);
        if (exposure.isPresent()) {
            throw new ConfigException(List.of("--host: " + exposure.get()));
        }
        return config;
    }

    /**
     * Returns what the file says, with the flags over it; paths in the file are relative to its folder. Throws
     * {@link ConfigException} with every problem found.
     */
    public static ServeConfig read(Path file, ListenFlags flags) {
        Problems problems = new Problems(file.toString());
        Section root = new Section(problems, YamlTree.read(file, problems));
        Path folder = file.toAbsolutePath().normalize().getParent();
        ServeConfig config =
                new ServeConfigReader(problems, folder == null ? Path.of("/") : folder).config(root, flags);
        problems.throwIfAny();
        return config;
    }

    private ServeConfig config(Section root, ListenFlags flags) {
        Section listenSection = root.section("listen");
        ListenConfig listen = flags.over(listen(listenSection));
        String pool = pool(root.section("pools"));
        Section dispatchSection = root.section("dispatch");
        DispatchConfig dispatch = dispatch(dispatchSection);
        boolean insecure = root.flag("insecure", ServeConfig.DEFAULT.insecure());
        root.notBuilt("admin", "nothing listens for metrics and operators");
        root.notBuilt("auth", "callers' tokens stand in dispatch.auth.clients");
        root.notBuilt("routes", "there is one pool and every model goes to it");
        root.notBuilt("shared", "state is kept by this process alone");
        root.notBuilt("maxBufferedBytes", "dispatch.limits.pendingBytes bounds what is held");
        root.notBuilt("autoscale", "the number of workers is fixed");
        root.end();

        ServeConfig config = new ServeConfig(listen, pool, dispatch, insecure);
        // Tokens that could not be read are a problem already noted, and may be all that is missing.
        if (problems.count() == 0 || !dispatchSection.has("auth")) {
            exposure(config).ifPresent(text -> listenSection.problem("host", text));
        }
        return config;
    }

    /** Returns why the configuration would let strangers in, if it would. */
    private static Optional<String> exposure(ServeConfig config) {
        if (config.insecure()
                || config.listen().isLoopback()
                || config.dispatch().auth().isComplete()) {
            return Optional.empty();
        }
        return Optional.of(config.listen().host()
                + " (expected: a loopback address, or tokens in dispatch.auth.workers and dispatch.auth.clients,"
                + " or insecure: true)");
    }

    private static ListenConfig listen(Section section) {
        ListenConfig standard = ListenConfig.DEFAULT;
        ListenConfig listen = new ListenConfig(
                section.text("host", standard.host(), "a name or an address"),
                section.wholeNumber("port", standard.port(), 0, 65_535));
        section.notBuilt("tls", "put a proxy that ends TLS in front", "off");
        section.end();
        return listen;
    }

    private static String pool(Section section) {
        List<String> names = section.keys();
        for (String name : names) {
            Section pool = section.section(name);
            if (!pool.flag("dispatch", false)) {
                section.problem(name, "a pool without workers (expected: dispatch: true, the only kind built yet)");
            }
            for (String key : List.of(
                    "backends",
                    "selection",
                    "router",
                    "flow",
                    "queue",
                    "circuitBreaker",
                    "attempts",
                    "timeouts",
                    "cooldown",
                    "failoverOn",
                    "allFailed",
                    "contentPolicy",
                    "recovery",
                    "earlySpill",
                    "retryBudget",
                    "hedge",
                    "maxRequestBytes",
                    "outlier",
                    "tripOn",
                    "heartbeat",
                    "expose")) {
                pool.notBuilt(key, "a pool is served by the dispatcher's workers");
            }
            pool.end();
        }
        if (names.size() > 1) {
            section.problem(names.get(1), "a second pool (expected: one)");
        }
        return names.isEmpty() ? ServeConfig.DEFAULT.pool() : names.getFirst();
    }

    private DispatchConfig dispatch(Section section) {
        DispatchConfig dispatch = new DispatchConfig(
                auth(section.section("auth")),
                placement(section.section("placement")),
                leases(section.section("leases")),
                limits(section.section("limits")),
                models(section.section("models")));
        section.notBuilt("store", "tasks are kept in memory");
        section.notBuilt("webhooks", "results are answered on the caller's connection");
        section.end();
        return dispatch;
    }

    private AuthConfig auth(Section section) {
        List<Path> workers = new ArrayList<>();
        for (Section worker : section.sections("workers")) {
            tokenFile(worker).ifPresent(workers::add);
            worker.end();
        }
        List<ClientAuth> clients = new ArrayList<>();
        for (Section client : section.sections("clients")) {
            Optional<String> tenant = client.requiredText("tenant", "a name");
            Optional<Path> token = tokenFile(client);
            double weight = client.positiveNumber("weight", ClientAuth.DEFAULT_WEIGHT);
            client.end();
            if (tenant.isPresent() && token.isPresent()) {
                clients.add(new ClientAuth(tenant.get(), token.get(), weight));
            }
        }
        section.notBuilt("mtls", "tokens are the only credential", "off");
        section.end();
        return new AuthConfig(workers, clients);
    }

    private Optional<Path> tokenFile(Section section) {
        return section.path("tokenFile", folder, "a readable file that holds one token", ServeConfigReader::holdsToken);
    }

    private static boolean holdsToken(Path file) {
        try {
            // A token is a line; more is the wrong file.
            return Files.size(file) <= 4_096
                    && Files.readString(file).strip().lines().count() == 1;
        } catch (IOException e) {
            return false;
        }
    }

    private static PlacementConfig placement(Section section) {
        PlacementConfig standard = PlacementConfig.DEFAULT;
        PlacementConfig placement = new PlacementConfig(
                section.choice("policy", standard.policy()),
                section.flag("overlap", standard.overlap()),
                section.wholeNumber("ageBound", standard.ageBound(), 1, Integer.MAX_VALUE),
                section.positiveNumber("popularityWindow", standard.popularityWindow()),
                section.number("horizon", standard.horizon()),
                section.number("tieBand", standard.tieBand()),
                section.number("rent", standard.rent()));
        section.notBuilt("prefetch", "models are loaded when a task asks for them", "false", "off");
        section.notBuilt("pins", "any model may be evicted");
        section.end();
        return placement;
    }

    private static LeaseConfig leases(Section section) {
        LeaseConfig standard = LeaseConfig.DEFAULT;
        LeaseConfig leases = new LeaseConfig(
                section.duration("heartbeat", standard.heartbeat(), SOME),
                section.duration("suspect", standard.suspect(), SOME),
                section.duration("ttl", standard.ttl(), SOME),
                section.duration("reconnectGrace", standard.reconnectGrace(), ANY),
                section.duration("cancelGrace", standard.cancelGrace(), ANY));
        section.end();
        if (section.isSound()) {
            checkLonger(section, "suspect", leases.suspect(), "heartbeat", leases.heartbeat());
            checkLonger(section, "ttl", leases.ttl(), "suspect", leases.suspect());
        }
        return leases;
    }

    private static LimitConfig limits(Section section) {
        LimitConfig standard = LimitConfig.DEFAULT;
        LimitConfig limits = new LimitConfig(
                (int) section.bytes("taskBytes", standard.taskBytes(), LARGEST_TASK_BYTES),
                (int) section.bytes("resultBytes", standard.resultBytes(), LARGEST_RESULT_BYTES),
                section.wholeNumber("pendingPerLabel", standard.pendingPerLabel(), 1, Integer.MAX_VALUE),
                section.wholeNumber("pending", standard.pending(), 1, Integer.MAX_VALUE),
                section.bytes("pendingBytes", standard.pendingBytes(), 1L << 40),
                section.duration("deadline", standard.deadline(), SOME),
                section.duration("maxDeadline", standard.maxDeadline(), SOME),
                section.duration("noWorkerWait", standard.noWorkerWait(), ANY),
                section.wholeNumber("attempts", standard.attempts(), 1, 100));
        section.end();
        if (section.isSound()) {
            if (limits.maxDeadline().compareTo(limits.deadline()) < 0) {
                section.problem(
                        "maxDeadline",
                        Quantity.text(limits.maxDeadline()) + " (expected: >= deadline, "
                                + Quantity.text(limits.deadline()) + ")");
            }
            if (limits.pending() < limits.pendingPerLabel()) {
                section.problem(
                        "pending",
                        limits.pending() + " (expected: >= pendingPerLabel, " + limits.pendingPerLabel() + ")");
            }
        }
        return limits;
    }

    private static void checkLonger(Section section, String key, Duration value, String than, Duration other) {
        if (value.compareTo(other) <= 0) {
            section.problem(
                    key, Quantity.text(value) + " (expected: longer than " + than + ", " + Quantity.text(other) + ")");
        }
    }

    private ModelsConfig models(Section section) {
        List<ModelSource> sources = new ArrayList<>();
        for (Section source : section.sections("sources")) {
            if (source.has("dir")) {
                source.path("dir", folder, "a folder", Files::isDirectory)
                        .ifPresent(path -> sources.add(new ModelSource.Directory(path)));
            } else if (source.has("maven")) {
                Section maven = source.section("maven");
                if (maven.choice("repository", Repository.LOCAL) == Repository.LOCAL) {
                    sources.add(new ModelSource.LocalMaven());
                }
                maven.end();
            } else if (!source.has("hub") && !source.has("converter")) {
                source.requiredText("dir", "a folder, or maven: {repository: local}");
            }
            source.notBuilt("hub", "put the model's files under a dir source");
            source.notBuilt("converter", "put the model's files under a dir source");
            source.end();
        }
        section.end();
        return new ModelsConfig(sources);
    }

    private enum Repository {
        LOCAL
    }
}
