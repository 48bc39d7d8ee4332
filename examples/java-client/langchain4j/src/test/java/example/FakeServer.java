package example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that says "one two three", or fails as it is told. */
final class FakeServer implements AutoCloseable {
    /** How a request goes wrong. */
    enum Fault {
        THROTTLED,
        UNAVAILABLE,
        CUT
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server;

    private FakeServer(HttpServer server) {
        this.server = server;
    }

    static FakeServer start() throws IOException {
        HttpServer listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FakeServer server = new FakeServer(listening);
        listening.createContext("/", server::answer);
        listening.setExecutor(server.threads);
        listening.start();
        return server;
    }

    /** Returns where nobody listens. */
    static String nobody() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Makes the next request go wrong. */
    void fails(Fault fault) {
        faults.add(fault);
    }

    int requests() {
        return requests.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        boolean streams = new String(exchange.getRequestBody().readAllBytes(), UTF_8)
                .replace(" ", "")
                .contains("\"stream\":true");
        Fault fault = faults.poll();
        if (fault == Fault.THROTTLED) {
            exchange.getResponseHeaders().set("retry-after", "44");
            send(exchange, 429, "{\"error\":{\"message\":\"slow down\",\"code\":\"rate_limit_exceeded\"}}");
        } else if (fault == Fault.UNAVAILABLE) {
            send(exchange, 503, "{\"error\":{\"message\":\"overloaded\"}}");
        } else if (streams) {
            stream(exchange, fault == Fault.CUT);
        } else {
            send(exchange, 200, choice("chat.completion", "message", "one two three", "\"stop\""));
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, body.getBytes(UTF_8).length);
        exchange.getResponseBody().write(body.getBytes(UTF_8));
        exchange.close();
    }

    private static void stream(HttpExchange exchange, boolean isCut) throws IOException {
        exchange.getResponseHeaders().set("content-type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        event(exchange, choice("chat.completion.chunk", "delta", "one ", "null"));
        event(exchange, choice("chat.completion.chunk", "delta", "two ", "null"));
        if (!isCut) {
            event(exchange, choice("chat.completion.chunk", "delta", "three", "\"stop\""));
            event(exchange, "[DONE]");
            exchange.getResponseBody().close();
        }
        exchange.close();
    }

    private static void event(HttpExchange exchange, String data) throws IOException {
        exchange.getResponseBody().write(("data: " + data + "\n\n").getBytes(UTF_8));
        exchange.getResponseBody().flush();
    }

    private static String choice(String object, String part, String content, String finish) {
        return "{\"id\":\"c\",\"object\":\"" + object + "\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\""
                + part + "\":{\"role\":\"assistant\",\"content\":\"" + content + "\"},\"finish_reason\":" + finish
                + "}]}";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
