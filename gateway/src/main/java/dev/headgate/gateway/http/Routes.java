package dev.headgate.gateway.http;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route table: exact paths, prefixes that end in a slash, and paths with open segments.
 *
 * <p>Filled before the server starts, then read by every event loop. Paths under {@code /v1} fail in OpenAI's shape. A route
 * for GET also answers HEAD.
 */
public final class Routes {
    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    /** Reading a larger body as JSON would hold up the other connections of the loop. */
    private static final int LARGE_BODY_BYTES = 64 * 1024;

    /** A body that nobody reads; some paths are open to strangers, who must not fill the memory for bodies. */
    private static final long USELESS_BODY_BYTES = 4 * 1024;

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET);

    private final Map<String, Map<HttpMethod, Handler>> byPath = new HashMap<>();
    private final Map<String, Upgrade> upgrades = new HashMap<>();
    private final Filter filter;
    private final Executor offLoop;
    private @Nullable Handler fallback;
    private final List<PathTemplate> templates = new ArrayList<>();
    private volatile long fallbackBodyBytes;

    /** Creates an empty table; handlers of large requests run on {@code offLoop}. */
    public Routes(Filter filter, Executor offLoop) {
        this.filter = filter;
        this.offLoop = offLoop;
    }

    /**
     * Adds a route. A path that ends in a slash also takes what is one segment longer; one with segments in braces, as
     * {@code /pools/{pool}/router}, takes any segment there.
     */
    public Routes add(HttpMethod method, String path, Handler handler) {
        if (PathTemplate.isTemplate(path) && !byPath.containsKey(path)) {
            templates.add(PathTemplate.of(path));
        }
        byPath.computeIfAbsent(path, p -> new TreeMap<>()).put(method, handler);
        return this;
    }

    /** Adds a WebSocket route. */
    public Routes addUpgrade(String path, Upgrade upgrade) {
        upgrades.put(path, upgrade);
        return this;
    }

    /** Sends every path without a route to {@code handler}, which takes bodies up to {@code maxBodyBytes}. */
    public Routes addFallback(Handler handler, long maxBodyBytes) {
        fallback = handler;
        fallbackBodyBytes = maxBodyBytes;
        return this;
    }

    /** Changes the largest body that the fallback takes. */
    public void fallbackBodyBytes(long max) {
        fallbackBodyBytes = max;
    }

    long maxBodyBytes(String path, long usual) {
        if (refusesWhenFull(path)) {
            return fallbackBodyBytes;
        }
        Map<HttpMethod, Handler> methods = methodsOf(path);
        boolean isOnlyRead = methods != null && methods.keySet().equals(READING);
        return isOnlyRead ? Math.min(usual, USELESS_BODY_BYTES) : usual;
    }

    /** Returns whether a request is refused when bodies fill the memory for them; others wait. */
    boolean refusesWhenFull(String path) {
        return fallback != null && !upgrades.containsKey(path) && handlerTakesBuffers(path);
    }

    private boolean handlerTakesBuffers(String path) {
        Map<HttpMethod, Handler> methods = methodsOf(path);
        if (methods == null) {
            return true;
        }
        Handler post = methods.get(HttpMethod.POST);
        return post != null && post.takesBuffers();
    }

    @Nullable
    Upgrade upgrade(String path) {
        return upgrades.get(path);
    }

    /** Returns how a request fails whose path could not be read. */
    ErrorShape shape() {
        return fallback == null ? ErrorShape.TASK : ErrorShape.OPENAI;
    }

    ErrorShape shape(String path) {
        return path.startsWith("/v1/") || (fallback != null && methodsOf(path) == null)
                ? ErrorShape.OPENAI
                : ErrorShape.TASK;
    }

    Executor offLoop() {
        return offLoop;
    }

    /** Returns who makes a request, empty if it is refused. */
    Optional<String> tenant(String path, HttpRequest head) {
        return filter.tenant(path, head.headers());
    }

    void handle(HttpMethod method, Exchange exchange) {
        Map<HttpMethod, Handler> methods = methodsOf(exchange.path());
        Handler otherwise = fallback;
        if (methods == null && otherwise != null && !upgrades.containsKey(exchange.path())) {
            handle(otherwise, exchange);
            return;
        }
        if (methods == null) {
            boolean upgradeOnly = upgrades.containsKey(exchange.path());
            exchange.fail(Failure.of(
                    upgradeOnly ? FailureKind.INVALID_REQUEST : FailureKind.NOT_FOUND,
                    "path: " + exchange.path() + (upgradeOnly ? " (expected: a WebSocket upgrade)" : " is unknown")));
            return;
        }
        Handler handler = methods.get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
        if (handler == null) {
            Set<HttpMethod> allowed = methods.keySet();
            String list =
                    String.join(", ", allowed.stream().map(HttpMethod::name).toList());
            exchange.fail(
                    Failure.of(FailureKind.METHOD_NOT_ALLOWED, "method: " + method + " (expected: " + list + ")"),
                    ErrorShape.Subject.NONE,
                    new DefaultHttpHeaders().set("allow", list));
            return;
        }
        if (handler.takesBuffers()) {
            handle(handler, exchange);
            return;
        }
        exchange.copyBody();
        if (exchange.body().length > LARGE_BODY_BYTES) {
            offLoop.execute(() -> handle(handler, exchange));
        } else {
            handle(handler, exchange);
        }
    }

    private static void handle(Handler handler, Exchange exchange) {
        try {
            handler.handle(exchange);
        } catch (RuntimeException e) {
            LOG.error("a request could not be handled: path={}", exchange.path(), e);
            exchange.fail(Failure.of(FailureKind.TASK_FAILED, "the server could not handle the request"));
        }
    }

    private @Nullable Map<HttpMethod, Handler> methodsOf(String path) {
        Map<HttpMethod, Handler> exact = byPath.get(path);
        if (exact != null) {
            return exact;
        }
        for (PathTemplate template : templates) {
            if (template.matches(path)) {
                return byPath.get(template.text());
            }
        }
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? null : byPath.get(path.substring(0, slash + 1));
    }

    /** What every request passes when its head has come: nobody else's body is read. Thread-safe. */
    @FunctionalInterface
    public interface Filter {
        /**
         * Returns who makes a request to {@code path} with this head, "" being nobody in particular; empty if it is refused
         * because the token is missing or wrong. It may take out of the head what was meant for it.
         */
        Optional<String> tenant(String path, HttpHeaders head);
    }
}
