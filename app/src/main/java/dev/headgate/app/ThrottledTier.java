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
 * own. In each episode it throttles, and so does one of the other two, by turns; the third has room.
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
    private final List<List<Long>> throttled =
            new ArrayList<>(); // by backend, when each 429 was asked for, guarded by this
    private int alsoThrottling; // beside the first, 0 = there is no episode; guarded by this, as is the next
    private int episodes;

    /** Starts them; an episode lasts {@code waitSeconds}. */
    ThrottledTier(int waitSeconds) throws IOException {
        waitNanos = waitSeconds * 1_000_000_000L;
        int port = 0;
        for (String host : HOSTS) {
            HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
            port = server.getAddress().getPort();
            int index = servers.size();
            throttled.add(new ArrayList<>());
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> answer(exchange, index));
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

    /** Has the next request of two backends, and all that follow within the wait, be answered with 429. */
    synchronized void arm() {
        throttled.forEach(List::clear);
        alsoThrottling = 1 + episodes++ % 2;
    }

    /** Returns whether the waits of both backends of the episode that was armed last have passed. */
    synchronized boolean isOver() {
        return alsoThrottling == 0 || (hasPassed(throttled.getFirst()) && hasPassed(throttled.get(alsoThrottling)));
    }

    private boolean hasPassed(List<Long> refusals) {
        return !refusals.isEmpty() && System.nanoTime() - refusals.getFirst() > waitNanos;
    }

    /** Ends the episode; returns how long after its backend's first 429 each further one was asked for, in nanoseconds. */
    synchronized List<Long> disarm() {
        alsoThrottling = 0;
        List<Long> later = new ArrayList<>();
        for (List<Long> each : throttled) {
            each.stream().skip(1).forEach(at -> later.add(at - each.getFirst()));
        }
        return later;
    }

    private synchronized boolean isThrottled(int index) {
        long now = System.nanoTime();
        List<Long> refusals = throttled.get(index);
        boolean isInTime = refusals.isEmpty() || now - refusals.getFirst() < waitNanos;
        boolean refuses = alsoThrottling > 0 && (index == 0 || index == alsoThrottling) && isInTime;
        if (refuses) {
            refusals.add(now);
        }
        return refuses;
    }

    private void answer(HttpExchange exchange, int index) throws IOException {
        boolean refuses = isThrottled(index);
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
