package dev.headgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** An upstream on loopback that answers as scripted, and otherwise with a chat completion that names it. */
final class FakeBackend implements AutoCloseable {
    /** What came in; header names in lower case. */
    record Request(String target, Map<String, String> headers, String body) {}

    /** What goes out. */
    record Reply(int status, Map<String, String> headers, String body) {
        /** An error with a wait. */
        static Reply throttled(int seconds) {
            return error(429, "rate_limit_exceeded").with("retry-after", Integer.toString(seconds));
        }

        /** An error with a code, in OpenAI's shape. */
        static Reply error(int status, String code) {
            return new Reply(
                    status,
                    Map.of("content-type", "application/json"),
                    ServerProcess.json(Map.of("error", Map.of("message", "scripted", "type", "error", "code", code))));
        }

        /** A stream of these events. */
        static Reply events(List<String> data) {
            StringBuilder body = new StringBuilder();
            data.forEach(each -> body.append("data: ").append(each).append("\n\n"));
            return new Reply(200, Map.of("content-type", "text/event-stream"), body.toString());
        }

        private Reply with(String name, String value) {
            return new Reply(status, Map.of("content-type", "application/json", name, value), body);
        }
    }

    private final String id;
    private final HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Reply> script = new ConcurrentLinkedQueue<>();

    private FakeBackend(String id, HttpServer server) {
        this.id = id;
        this.server = server;
    }

    static FakeBackend start(String id) throws IOException {
        FakeBackend backend =
                new FakeBackend(id, HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        backend.server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        backend.server.createContext("/", backend::answer);
        backend.server.start();
        return backend;
    }

    /** Answers the next requests with these, in their order. */
    FakeBackend then(Reply... replies) {
        script.addAll(List.of(replies));
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        Request request = new Request(
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> entry.getKey().toLowerCase(Locale.ROOT),
                                entry -> String.join(",", entry.getValue()))),
                new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        requests.add(request);
        Reply scripted = script.poll();
        Reply reply = scripted == null ? completion() : scripted;
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = reply.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Reply completion() {
        return new Reply(
                200,
                Map.of("content-type", "application/json"),
                ServerProcess.json(Map.of(
                        "id",
                        "chatcmpl-1",
                        "object",
                        "chat.completion",
                        "created",
                        1,
                        "model",
                        "model-of-" + id,
                        "choices",
                        List.of(Map.of(
                                "index",
                                0,
                                "message",
                                Map.of("role", "assistant", "content", "hello from " + id),
                                "finish_reason",
                                "stop")),
                        "usage",
                        Map.of("prompt_tokens", 1, "completion_tokens", 3, "total_tokens", 4))));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
