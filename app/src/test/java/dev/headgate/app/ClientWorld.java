package dev.headgate.app;

import static java.util.Objects.requireNonNull;

import dev.headgate.app.ClientAction.Seen;
import dev.headgate.app.ClientAction.Verb;
import dev.headgate.lab.provider.Conduct;
import dev.headgate.lab.provider.Ending;
import dev.headgate.lab.provider.FakeProvider;
import dev.headgate.lab.provider.Flaw;
import dev.headgate.lab.provider.Script;
import dev.headgate.lab.provider.Try;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A provider, Headgate in front of it, and every client library at every one of its actions at once. Each action has a
 * model of its own, so the provider can tell whose request it got.
 */
final class ClientWorld implements AutoCloseable {
    /** A stream of half a minute: whoever sees it end early has seen a cancellation. */
    private static final Conduct SLOW = new Conduct.Answer(Duration.ZERO, Duration.ofMillis(500), new Flaw.None());

    private static final Conduct CUT = Conduct.answer().with(new Flaw.Cut(40, Duration.ZERO, Ending.CLOSE));

    private final FakeProvider provider;
    private final ServerProcess server;
    private final Map<PeerClient.Program, PeerProcess> programs = new EnumMap<>(PeerClient.Program.class);

    private ClientWorld(FakeProvider provider, ServerProcess server) {
        this.provider = provider;
        this.server = server;
    }

    /** Starts every client at everything that it can do and at streams that break; its actions go on meanwhile. */
    static ClientWorld start(Path folder) throws IOException, InterruptedException {
        ClientWorld world = start(folder, "{host: 127.0.0.1, port: 0}");
        world.act("http", EnumSet.allOf(PeerClient.class), ClientWorld::allActions, Map.of());
        return world;
    }

    /** As {@link #start}, for some clients, without streams that break, over TLS. */
    static ClientWorld startWithTls(Path folder, Set<PeerClient> clients)
            throws IOException, InterruptedException, GeneralSecurityException {
        TestCertificate shown = TestCertificate.make(folder);
        ClientWorld world = start(
                folder,
                "{host: 127.0.0.1, port: 0, tls: {certFile: \"%s\", keyFile: \"%s\"}}"
                        .formatted(shown.certificate(), shown.key()));
        world.act("https", clients, ClientWorld::plainActions, shown.trusted());
        return world;
    }

    private static ClientWorld start(Path folder, String listen) throws IOException, InterruptedException {
        FakeProvider provider = FakeProvider.start();
        Path config = Files.writeString(folder.resolve("headgate.yaml"), configuration(listen, provider));
        return new ClientWorld(provider, ServerProcess.start("--workers", "0", "--config", config.toString()));
    }

    /** The limits of time are shorter than the defaults, lest that the tests wait for them. */
    private static String configuration(String listen, FakeProvider provider) {
        StringBuilder routes = new StringBuilder();
        for (StreamFault fault : StreamFault.values()) {
            String models =
                    Arrays.stream(PeerClient.values()).map(fault::primaryOf).collect(Collectors.joining(", "));
            routes.append("  - {models: [%s], pool: main, fallbacks: [{model: %s, pool: main}]}%n"
                    .formatted(models, fault.spare()));
        }
        for (Verb verb : Verb.values()) {
            routes.append("  - {models: [%s], pool: main}%n".formatted(models(verb)));
        }
        routes.append("  - {models: [%s], pool: unsaved}%n"
                .formatted(Arrays.stream(PeerClient.values())
                        .map(ClientWorld::unsavedModel)
                        .collect(Collectors.joining(", "))));
        return """
                listen: %3$s
                admin: {host: 127.0.0.1, port: 0}
                routes:
                %1$spools:
                  main:
                    backends: [{id: only, url: "%2$s"}]
                    timeouts: {ttft: 5s, idle: 5s}
                    retryBudget: {percent: 100, minPerWindow: 1000}
                  unsaved:
                    backends: [{id: only, url: "%2$s"}]
                    recovery: {max: 0}
                """.formatted(routes, provider.url(), listen);
    }

    private static String models(Verb verb) {
        return Arrays.stream(PeerClient.values())
                .map(client -> action(client, verb).model())
                .collect(Collectors.joining(", "));
    }

    private void act(
            String scheme,
            Set<PeerClient> clients,
            Function<PeerClient, List<ClientAction>> actions,
            Map<String, String> environment)
            throws IOException {
        clients.forEach(this::script);
        String url = scheme + "://127.0.0.1:" + server.port();
        for (PeerClient.Program program : PeerClient.Program.values()) {
            List<ClientAction> its = clients.stream()
                    .filter(client -> client.program() == program)
                    .flatMap(client -> actions.apply(client).stream())
                    .toList();
            if (!its.isEmpty()) {
                programs.put(program, PeerProcess.start(program, url, its, environment));
            }
        }
    }

    private void script(PeerClient client) {
        for (Verb verb : Verb.values()) {
            provider.script(action(client, verb).model(), verb == Verb.CANCEL ? Script.always(SLOW) : Script.healthy());
        }
        for (StreamFault fault : StreamFault.values()) {
            provider.script(fault.primaryOf(client), fault.primary());
            provider.script(fault.spare(), fault.fallback());
        }
        provider.script(unsavedModel(client), Script.always(CUT));
    }

    private static List<ClientAction> plainActions(PeerClient client) {
        return Stream.of(Verb.values()).map(verb -> action(client, verb)).toList();
    }

    private static List<ClientAction> allActions(PeerClient client) {
        List<ClientAction> actions = new ArrayList<>(plainActions(client));
        for (StreamFault fault : StreamFault.values()) {
            actions.add(client.to(Verb.STREAM, fault.primaryOf(client)));
        }
        actions.add(client.to(Verb.STREAM, unsavedModel(client)));
        return actions;
    }

    private static ClientAction action(PeerClient client, Verb verb) {
        return client.to(verb, verb.name().toLowerCase(Locale.ROOT) + "-" + client.word());
    }

    private static String unsavedModel(PeerClient client) {
        return "unsaved-" + client.word();
    }

    /** Returns what came of an action where nothing goes wrong. */
    Seen seen(PeerClient client, Verb verb) throws InterruptedException {
        return seen(action(client, verb));
    }

    /** Returns what came of a stream with a fault. */
    Seen seen(PeerClient client, StreamFault fault) throws InterruptedException {
        return seen(client.to(Verb.STREAM, fault.primaryOf(client)));
    }

    /** Returns what came of a stream that is cut and may not be recovered. */
    Seen unsaved(PeerClient client) throws InterruptedException {
        return seen(client.to(Verb.STREAM, unsavedModel(client)));
    }

    private Seen seen(ClientAction action) throws InterruptedException {
        return requireNonNull(programs.get(action.client().program())).await(action);
    }

    /** Returns the requests that an action has led to. */
    List<Try> tries(PeerClient client, Verb verb) {
        return provider.tries(action(client, verb).model());
    }

    @Override
    public void close() throws IOException {
        programs.values().forEach(PeerProcess::close);
        server.close();
        provider.close();
    }
}
