package dev.headgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * Three backends on loopback addresses of one port, as the seed changes the host of a URL only: the first has a tier of its
 * own and throttles in episodes, the others have room.
 */
final class ThrottledTier implements AutoCloseable {
    private static final List<String> HOSTS = List.of("127.0.0.1", "127.0.0.2", "127.0.0.3");
    private static final byte[] ANSWER = """
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop",\
            "message":{"role":"assistant","content":"hello"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,\
            "total_tokens":2}}""".getBytes(UTF_8);
    private static final byte[] REFUSAL =
            "{\"error\":{\"message\":\"too many requests\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}"
                    .getBytes(UTF_8);

    private final long waitNanos;
    private final List<HttpServer> servers = new ArrayList<>();
    private final List<Long> throttled =
            new ArrayList<>(); // when each 429 of this episode was asked for, guarded by this
    private boolean isArmed;
    private long served;

    /** Starts them; an episode lasts {@code waitSeconds}. */
    ThrottledTier(int waitSeconds) throws IOException {
        waitNanos = waitSeconds * 1_000_000_000L;
        int port = 0;
        for (String host : HOSTS) {
            HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
            port = server.getAddress().getPort();
            boolean isFirst = servers.isEmpty();
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> answer(exchange, isFirst));
            server.start();
            servers.add(server);
        }
    }

    /** Returns {@code URL=PRIORITY} of each. */
    List<String> backends() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < HOSTS.size(); i++) {
            int port = servers.get(i).getAddress().getPort();
            all.add("http://" + HOSTS.get(i) + ":" + port + "=" + (i == 0 ? 1 : 2));
        }
        return all;
    }

    /** Has the next request of the first backend, and all that follow within the wait, be answered with 429. */
    synchronized void arm() {
        throttled.clear();
        isArmed = true;
    }

    /** Returns whether the episode that was armed last is over. */
    synchronized boolean isOver() {
        return !isArmed || (!throttled.isEmpty() && System.nanoTime() - throttled.getFirst() > waitNanos);
    }

    /** Returns how many requests the first backend has served since this was last asked. */
    synchronized long servedByFirst() {
        long count = served;
        served = 0;
        return count;
    }

    /** Ends the episode; returns how long after its first 429 each further one was asked for, in nanoseconds. */
    synchronized List<Long> disarm() {
        isArmed = false;
        return throttled.stream().skip(1).map(at -> at - throttled.getFirst()).toList();
    }

    private synchronized boolean isThrottled() {
        long now = System.nanoTime();
        boolean isInTime = throttled.isEmpty() || now - throttled.getFirst() < waitNanos;
        if (isArmed && isInTime) {
            throttled.add(now);
            return true;
        }
        served++;
        return false;
    }

    private void answer(HttpExchange exchange, boolean isFirst) throws IOException {
        boolean refuses = isFirst && isThrottled();
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("content-type", "application/json");
            if (refuses) {
                exchange.getResponseHeaders().set("retry-after", Long.toString(waitNanos / 1_000_000_000L));
            }
            byte[] body = refuses ? REFUSAL : ANSWER;
            exchange.sendResponseHeaders(refuses ? 429 : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
