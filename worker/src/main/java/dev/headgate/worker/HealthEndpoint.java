package dev.headgate.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** Answers {@code GET /health}: 200 while the worker is connected, else 503. */
final class HealthEndpoint implements AutoCloseable {
    private final HttpServer server;
    private final BooleanSupplier connected;

    private HealthEndpoint(HttpServer server, BooleanSupplier connected) {
        this.server = server;
        this.connected = connected;
    }

    /** Opens the endpoint; port zero takes a free one. */
    static HealthEndpoint open(InetSocketAddress address, BooleanSupplier connected) throws IOException {
        HealthEndpoint endpoint = new HealthEndpoint(HttpServer.create(address, 0), connected);
        endpoint.server.createContext("/health", endpoint::answer);
        endpoint.server.start();
        return endpoint;
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            boolean up = connected.getAsBoolean();
            byte[] body =
                    (up ? "{\"message\":\"OK\"}" : "{\"message\":\"NOT CONNECTED\"}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(up ? 200 : 503, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
