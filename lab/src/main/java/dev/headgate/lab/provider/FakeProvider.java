package dev.headgate.lab.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A provider on a loopback port that treats every model's requests as its script says. Thread-safe.
 *
 * <p>It serves chat completions, completions, responses, embeddings and the list of models, under whatever prefix. The
 * model is the deployment in the path if there is one, else the body's. It keeps every try until it is closed, so it is for
 * tests and benchmarks of some thousand requests.
 */
public final class FakeProvider implements AutoCloseable {
    private static final Pattern DEPLOYMENT = Pattern.compile("/deployments/([^/]+)/");
    private static final int BACKLOG = 512;

    private final ServerSocket listener;
    private final Map<String, ScriptedModel> models = new ConcurrentSkipListMap<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();

    private FakeProvider(ServerSocket listener) {
        this.listener = listener;
    }

    /** Starts one on any free port. */
    public static FakeProvider start() throws IOException {
        return start(0);
    }

    /** Starts one on {@code port}, 0 for any free one. */
    public static FakeProvider start(int port) throws IOException {
        return start(InetAddress.getLoopbackAddress(), port);
    }

    /** Starts one on another of the machine's addresses. */
    public static FakeProvider start(InetAddress address, int port) throws IOException {
        FakeProvider provider = new FakeProvider(new ServerSocket(port, BACKLOG, address));
        var _ = Thread.ofVirtual().name("fake-provider").start(provider::accept);
        return provider;
    }

    /** Returns {@code http://ADDRESS:PORT}. */
    public URI url() {
        return URI.create("http://" + listener.getInetAddress().getHostAddress() + ":" + port());
    }

    /** Returns the port it listens on. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Has {@code model} follow {@code script} from its next request on; its tries so far are forgotten. */
    public void script(String model, Script script) {
        models.put(model, new ScriptedModel(model, script));
    }

    /** Returns the tries of a model in order of arrival; none if nobody asked for it. */
    public List<Try> tries(String model) {
        ScriptedModel scripted = models.get(model);
        return scripted == null ? List.of() : scripted.tries();
    }

    /** Returns how many connections have been accepted. */
    public long acceptedConnections() {
        return accepted.get();
    }

    /** Returns how many connections are open now. */
    public int openConnections() {
        return connections.size();
    }

    /** Stops listening and closes every connection. */
    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                accepted.incrementAndGet();
                connections.add(connection);
                if (listener.isClosed()) {
                    connection.close(); // close() may have looked before it was added
                }
                var _ = Thread.ofVirtual().name("fake-provider-connection").start(() -> converse(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void converse(Socket connection) {
        try (Wire wire = new Wire(connection)) {
            IncomingRequest request = IncomingRequest.read(wire);
            while (request != null && answer(wire, request) && !request.wantsClose()) {
                request = IncomingRequest.read(wire);
            }
        } catch (IOException | NumberFormatException e) {
            // the caller has gone, the provider is closed, or what came was no request: the connection ends
        } finally {
            connections.remove(connection);
        }
    }

    /** Returns whether the connection can take another request. */
    private boolean answer(Wire wire, IncomingRequest request) throws IOException {
        String path = request.path();
        if (path.endsWith("/models")) {
            return send(wire, 200, SmallAnswers.models(models.keySet()));
        }
        JsonNode body = request.body();
        String name = modelOf(path, body);
        ScriptedModel model = models.get(name);
        if (model == null) {
            return send(wire, 404, Json.error("invalid_request_error", "model_not_found", "no model " + name));
        }
        Try begun = model.arrive(request);
        Arrival arrival = model.arrival(begun);
        Conduct conduct = model.conduct(arrival);
        List<String> tokens = Continuation.tokens(arrival);
        Dialect dialect = dialect(path, name, body, tokens);
        if (dialect == null) {
            return send(wire, 404, Json.error("invalid_request_error", "unknown_url", "no such path: " + path));
        }
        boolean streams = body.path("stream").asBoolean();
        return new Player(wire, begun).play(conduct, dialect, tokens, streams);
    }

    private @Nullable Dialect dialect(String path, String model, JsonNode body, List<String> tokens) {
        String id = Long.toString(answers.incrementAndGet());
        if (path.endsWith("/completions")) {
            return new ChatDialect(id, model, tokens, body, path.endsWith("/chat/completions"));
        }
        if (path.endsWith("/responses")) {
            return new ResponsesDialect(id, model, tokens);
        }
        return path.endsWith("/embeddings") ? new EmbeddingsDialect(model, body) : null;
    }

    private static String modelOf(String path, JsonNode body) {
        Matcher deployment = DEPLOYMENT.matcher(path);
        return deployment.find() ? deployment.group(1) : body.path("model").asText();
    }

    private static boolean send(Wire wire, int status, String body) throws IOException {
        wire.send(status, Map.of(), "application/json", body.getBytes(UTF_8));
        return true;
    }
}
