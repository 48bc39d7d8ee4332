package dev.headgate.app;

import dev.headgate.app.config.AdminConfig;
import dev.headgate.app.config.ConfigException;
import dev.headgate.app.config.ListenFlags;
import dev.headgate.app.config.ServeConfig;
import dev.headgate.app.config.ServeConfigReader;
import dev.headgate.app.config.TlsConfig;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.gateway.GatewayServer;
import dev.headgate.gateway.admin.Reload;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.gateway.dispatch.WorkerRouter;
import dev.headgate.gateway.relay.RelayOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration file again when an operator asks, on SIGHUP, and when it or a file it names has changed. A good
 * one is put into force at once and whole; a bad one changes nothing. Thread-safe: one reading at a time.
 */
final class Reloader implements Reload, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    /** Two looks that agree make a change, so it is in force well within a second. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final Path file;
    private final ListenFlags flags;
    private final ReentrantLock reading = new ReentrantLock();
    private final FileWatch watch = new FileWatch();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("headgate-config").factory());
    private @Nullable ServeConfig started; // written under the lock, like those below
    private @Nullable ServeConfig current;
    private @Nullable ServeConfig fromFile; // without the routers that were set since
    private @Nullable GatewayServer server;
    private volatile SetRouters routers = SetRouters.NONE; // written under the lock, read by anybody
    private long generation = 1;

    /** Reads {@code file} under {@code flags}. */
    Reloader(Path file, ListenFlags flags) {
        this.file = file;
        this.flags = flags;
    }

    /** Returns the first configuration; throws {@link ConfigException} if it is bad. */
    ServeConfig first() {
        reading.lock();
        try {
            watch.watch(Set.of(file));
            ServeConfig first = ServeConfigReader.read(file, flags);
            started = first;
            fromFile = first;
            current = first;
            watch.watch(files(first));
            return first;
        } finally {
            reading.unlock();
        }
    }

    /** Begins to put what changes into force on {@code started}. */
    void serve(GatewayServer started) {
        reading.lock();
        try {
            server = started;
        } finally {
            reading.unlock();
        }
        Signals.on("HUP", this::reload);
        var _ = looking.scheduleWithFixedDelay(
                this::look, LOOK_AGAIN.toMillis(), LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Outcome reload() {
        reading.lock();
        try {
            GatewayServer running = server;
            ServeConfig old = current;
            if (running == null || old == null) {
                return new Outcome.Refused("the server is starting");
            }
            watch.refresh();
            ServeConfig read = ServeConfigReader.read(file, flags);
            SetRouters kept = routers.thatHold(read);
            ServeConfig next = kept.over(read);
            apply(running, old, next);
            routers = kept;
            fromFile = read;
            inForce(next);
            LOG.info("configuration reloaded generation={}", generation);
            return new Outcome.Reloaded(generation);
        } catch (ConfigException e) {
            return refused(e.problems());
        } catch (CommandException | IllegalArgumentException e) {
            return refused(List.of(file + ": " + e.getMessage()));
        } finally {
            reading.unlock();
        }
    }

    @Override
    public Outcome setRouter(String pool, String json) {
        return changeRouters("set", pool, read -> routers.with(pool, json, file, read));
    }

    @Override
    public Outcome resetRouter(String pool) {
        return changeRouters("reset", pool, read -> routers.without(pool));
    }

    @Override
    public boolean isRouterSet(String pool) {
        return routers.has(pool);
    }

    /** Puts what {@code change} makes of the routers that were set into force, on what the file said last. */
    private Outcome changeRouters(String verb, String pool, Function<ServeConfig, SetRouters> change) {
        reading.lock();
        try {
            GatewayServer running = server;
            ServeConfig old = current;
            ServeConfig read = fromFile;
            if (running == null || old == null || read == null) {
                return new Outcome.Refused("the server is starting");
            }
            SetRouters changed = change.apply(read);
            ServeConfig next = changed.over(read);
            apply(running, old, next);
            routers = changed;
            inForce(next);
            LOG.info("router {} pool={} generation={}", verb, pool, generation);
            return new Outcome.Reloaded(generation);
        } catch (ConfigException e) {
            return new Outcome.Refused(String.join("\n", e.problems()));
        } catch (CommandException | IllegalArgumentException e) {
            return new Outcome.Refused(String.valueOf(e.getMessage()));
        } finally {
            reading.unlock();
        }
    }

    private void inForce(ServeConfig next) {
        current = next;
        watch.watch(files(next));
        generation++;
    }

    private void apply(GatewayServer running, ServeConfig old, ServeConfig next) {
        RelayOptions relay = next.relay();
        if ((relay == null) != (old.relay() == null)) {
            throw CommandException.failed("pools: the " + (relay == null ? "last" : "first")
                    + " pool with backends (expected: a restart, to " + (relay == null ? "end" : "begin")
                    + " relaying)");
        }
        ServeConfig first = Objects.requireNonNull(started);
        // What may fail comes before anything changes.
        var clients = ServerOptions.clients(next);
        var admitsOperators = operators(running, first, next);
        var showsCertificates = certificates(running, first, next);
        applyWorkers(running, next);
        if (relay != null) {
            running.reload(relay);
        }
        running.admit(clients);
        admitsOperators.run();
        showsCertificates.run();
        next.warnings().forEach(warning -> LOG.warn("{}", warning));
        List<String> later = NextStart.keys(first, next);
        if (!later.isEmpty()) {
            LOG.warn("takes effect at the next start only: {}", String.join(", ", later));
        }
    }

    /** Lets another router choose among workers, if one did before and one is to. */
    private static void applyWorkers(GatewayServer running, ServeConfig next) {
        WorkerRouter chooser = running.dispatcher().chooser();
        RouterSettings wanted = next.workerRouter();
        if (chooser != null && wanted != null && chooser.pool().equals(next.dispatchPool())) {
            chooser.change(wanted).ifPresent(reason -> {
                throw CommandException.failed("pools." + chooser.pool() + ".router: " + reason);
            });
        }
    }

    /** Reads the token of operators; what is returned puts it into force. */
    private static Runnable operators(GatewayServer running, ServeConfig first, ServeConfig next) {
        AdminConfig was = first.admin();
        AdminConfig is = next.admin();
        if (was == null || is == null || NextStart.losesToken(was, is)) {
            return () -> {};
        }
        Token token = ServerOptions.operatorToken(is);
        return () -> running.admitOperators(token);
    }

    /** Reads what callers are shown; what is returned shows it. */
    private static Runnable certificates(GatewayServer running, ServeConfig first, ServeConfig next) {
        TlsConfig tls = next.listen().tls();
        if (first.listen().tls() == null || tls == null) {
            return () -> {};
        }
        try {
            return running.otherCertificates(ServerOptions.files(tls));
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        }
    }

    private Outcome refused(List<String> problems) {
        LOG.error("configuration refused, generation {} stays in force", generation);
        problems.forEach(problem -> LOG.error("{}", problem));
        return new Outcome.Refused(String.join("\n", problems));
    }

    private void look() {
        reading.lock();
        try {
            if (watch.hasChanged()) {
                var _ = reload();
            }
        } catch (RuntimeException e) {
            // An exception would end the looking for good.
            LOG.error("configuration not reloaded, generation {} stays in force", generation, e);
        } finally {
            reading.unlock();
        }
    }

    private Set<Path> files(ServeConfig config) {
        Set<Path> files = new HashSet<>(config.files());
        files.add(file);
        return files;
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
