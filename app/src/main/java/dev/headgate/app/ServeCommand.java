package dev.headgate.app;

import dev.headgate.app.config.AdminConfig;
import dev.headgate.app.config.ListenConfig;
import dev.headgate.app.config.ListenFlags;
import dev.headgate.app.config.ModelSource;
import dev.headgate.app.config.ServeConfig;
import dev.headgate.app.config.ServeConfigReader;
import dev.headgate.gateway.GatewayServer;
import dev.headgate.gateway.admin.Reload;
import dev.headgate.gateway.transport.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the server, and workers as its child processes. */
@Command(name = "serve", description = "Run the server with workers of its own.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final Duration WORKERS_PATIENCE = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration file; without one the defaults hold.")
    private Optional<Path> config = Optional.empty();

    @Option(names = "--host", paramLabel = "HOST", description = "Listen here; wins over the file. Default 127.0.0.1.")
    private Optional<String> host = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = Converters.Port.class,
            description = "Listen here, 0 for any free port, which is printed; wins over the file. Default 8080.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            converter = Converters.Port.class,
            description = "Answer operators here, 0 for any free port, which is printed; wins over the file."
                    + " Default 8081 if there are backends, else nowhere.")
    private Optional<Integer> adminPort = Optional.empty();

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            converter = Converters.TransportName.class,
            defaultValue = "auto",
            description =
                    "How sockets are read and written: auto, epoll, io_uring or nio. One that this machine does not"
                            + " have is replaced by the next. Default ${DEFAULT-VALUE}, which is epoll on Linux.")
    private Transport transport = Transport.usual();

    @Option(
            names = "--workers",
            paramLabel = "N",
            converter = Converters.Count.class,
            defaultValue = "2",
            description = "Worker processes to start, 0 for none. Default ${DEFAULT-VALUE}.")
    private int workers;

    @Option(
            names = "--max-labels",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "2",
            description = "Models one of these workers holds at a time. Default ${DEFAULT-VALUE}.")
    private int maxLabels;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "onnx",
            description = "What these workers run: onnx or sleep. Default ${DEFAULT-VALUE}.")
    private Engine engine = Engine.ONNX;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            converter = Converters.Folder.class,
            description = "Folder with models for these workers.")
    private Optional<Path> models = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<Reloader> reloader = config.map(file -> new Reloader(file, flags()));
        ServeConfig configuration =
                withFreeAdmin(reloader.map(Reloader::first).orElseGet(() -> ServeConfigReader.defaults(flags())));
        configuration.warnings().forEach(warning -> LOG.warn("{}", warning));
        Sharing sharing = Sharing.over(configuration.shared());
        GatewayServer server =
                start(configuration, reloader.isPresent() ? reloader.get() : ServeCommand::noFile, sharing);
        // Backends need no workers.
        int own = configuration.dispatchPool() == null ? 0 : workers;
        fetchStandardModels(configuration, server, own);
        ChildWorkers children =
                new ChildWorkers(own, own == 0 ? List.of() : workerArguments(configuration, server.address()));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            sharing.close();
                            children.close();
                            // Else the signal that asked for it would be the exit code of an orderly end.
                            Runtime.getRuntime().halt(0);
                        },
                        "headgate-stop"));
        children.start();
        if (JoinedWorkers.await(server, own, WORKERS_PATIENCE) < own) {
            LOG.warn("not all of the {} workers connected within {}; requests wait for them", own, WORKERS_PATIENCE);
        }
        reloader.ifPresent(each -> each.serve(server));
        announce(configuration, server);
        new CountDownLatch(1).await();
        return 0;
    }

    private void announce(ServeConfig configuration, GatewayServer server) {
        ListenConfig listen = configuration.listen();
        AdminConfig admin = configuration.admin();
        PrintWriter out = spec.commandLine().getOut();
        String scheme = listen.tls() == null ? "http://" : "https://";
        out.println("listening on " + scheme + authority(listen.host(), server.address()));
        out.println(
                admin == null
                        ? "admin off (--admin-port PORT answers operators)"
                        : "admin on http://" + authority(admin.host(), server.adminAddress()));
        out.flush();
    }

    private static Reload.Outcome noFile() {
        return new Reload.Outcome.Refused("there is no configuration file (expected: a start with --config FILE)");
    }

    /** Returns the configuration without the operators' address if nobody asked for it and its port is taken. */
    private static ServeConfig withFreeAdmin(ServeConfig configuration) {
        AdminConfig admin = configuration.admin();
        if (admin == null || admin.isAsked()) {
            return configuration;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(admin.host(), admin.port()));
            return configuration;
        } catch (IOException e) {
            LOG.warn(
                    "nobody answers operators: {}:{} is taken (--admin-port names another)",
                    admin.host(),
                    admin.port());
            return configuration.withoutAdmin();
        }
    }

    /** Has the standard models at hand before anybody asks, unless there are models of the user's own. */
    private void fetchStandardModels(ServeConfig configuration, GatewayServer server, int own)
            throws InterruptedException {
        boolean areWanted = own > 0
                && engine == Engine.ONNX
                && models.isEmpty()
                && configuration.dispatch().models().hasCatalogue();
        if (!areWanted) {
            return;
        }
        try {
            StandardModels.fetch(modelFolders(configuration), spec.commandLine().getErr());
        } catch (CommandException e) {
            server.close();
            throw e;
        }
    }

    private GatewayServer start(ServeConfig configuration, Reload reload, Sharing sharing) throws IOException {
        try {
            return GatewayServer.start(ServerOptions.of(configuration, reload)
                    .withTransport(transport.orNext())
                    .withSharing(sharing::join));
        } catch (IOException e) {
            throw CommandException.wrongUse(e.getMessage() + " (--port 0 and --admin-port 0 take any free port)");
        }
    }

    private static String authority(String host, InetSocketAddress address) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private List<String> workerArguments(ServeConfig configuration, InetSocketAddress address) {
        String local = address.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : address.getAddress().getHostAddress();
        String reachable = local.contains(":") ? "[" + local + "]" : local;
        List<String> arguments = new ArrayList<>(List.of(
                "worker",
                "--dispatcher",
                "ws://" + reachable + ":" + address.getPort() + "/worker-listen",
                "--engine",
                engine.name().toLowerCase(java.util.Locale.ROOT),
                "--max-labels",
                Integer.toString(maxLabels),
                "--threads-per-run",
                Integer.toString(Math.max(1, Runtime.getRuntime().availableProcessors() / workers)),
                "--exit-with-parent"));
        if (!configuration.dispatch().models().hasCatalogue()) {
            arguments.add("--no-catalogue");
        }
        modelFolders(configuration).forEach(folder -> arguments.addAll(List.of("--models", folder.toString())));
        configuration.dispatch().auth().workerTokenFiles().stream()
                .findFirst()
                .ifPresent(file -> arguments.addAll(List.of("--token-file", file.toString())));
        return arguments;
    }

    private List<Path> modelFolders(ServeConfig configuration) {
        List<Path> folders = new ArrayList<>();
        models.ifPresent(folders::add);
        for (ModelSource source : configuration.dispatch().models().sources()) {
            if (source instanceof ModelSource.Directory directory) {
                folders.add(directory.path());
            }
        }
        return folders;
    }

    private ListenFlags flags() {
        return new ListenFlags(host, number(port), number(adminPort));
    }

    private static OptionalInt number(Optional<Integer> flag) {
        return flag.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }
}
