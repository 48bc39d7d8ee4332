package dev.headgate.gateway.upstream;

import dev.headgate.core.request.AttemptFailure;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What all loops know of one target: its addresses, how TLS is spoken with it, and how many connections it has. Looking up
 * a name and reading certificates take time, so both are done off the loops, once for all that ask meanwhile. Thread-safe.
 */
final class Endpoint {
    /** How long addresses are believed: as short as a name that moves needs, long enough for a burst. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final UpstreamTarget target;
    private final ClientTls tls;
    private final Executor executor;
    private final AtomicInteger open;
    private final AtomicInteger openInAll;
    private final List<Consumer<Route>> asking = new ArrayList<>();
    private volatile @Nullable Found found;

    /** Pools that use it; {@link Endpoints} counts. */
    int users;

    Endpoint(UpstreamTarget target, ClientTls tls, Executor executor, AtomicInteger openInAll) {
        this.target = target;
        this.tls = tls;
        this.executor = executor;
        this.open = new AtomicInteger();
        this.openInAll = openInAll;
    }

    UpstreamTarget target() {
        return target;
    }

    int open() {
        return open.get();
    }

    void opened() {
        open.incrementAndGet();
        openInAll.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
        openInAll.decrementAndGet();
    }

    /** Returns the way there if it is known. */
    @Nullable
    Found route() {
        Found known = found;
        if (known != null && (known.isFixed || System.nanoTime() - known.atNanos < FRESH.toNanos())) {
            return known;
        }
        if (!target.protocol().isEncrypted()) {
            List<InetSocketAddress> literal = literal();
            if (!literal.isEmpty()) {
                known = new Found(literal, null, true, 0);
                found = known;
                return known;
            }
        }
        return null;
    }

    /** Finds the way there and tells {@code asker}, on a thread of its own. */
    void find(Consumer<Route> asker) {
        synchronized (asking) {
            asking.add(asker);
            if (asking.size() > 1) {
                return;
            }
        }
        executor.execute(() -> {
            Route route = search();
            List<Consumer<Route>> askers;
            synchronized (asking) {
                askers = List.copyOf(asking);
                asking.clear();
            }
            askers.forEach(waiting -> waiting.accept(route));
        });
    }

    /** The addresses did not work: they are looked up again next time. */
    void doubt() {
        found = null;
    }

    private Route search() {
        try {
            List<InetSocketAddress> addresses = literal();
            boolean isFixed = !addresses.isEmpty();
            if (!isFixed) {
                addresses = with(InetAddress.getAllByName(target.host()));
            }
            SslContext context = target.protocol().isEncrypted() ? tls.context(target) : null;
            Found route = new Found(addresses, context, isFixed, System.nanoTime());
            found = route;
            return route;
        } catch (UnknownHostException e) {
            return new NoWay(AttemptFailure.NAME_NOT_RESOLVED, "unknown host " + target.host());
        } catch (SSLException | RuntimeException e) {
            return new NoWay(AttemptFailure.TLS_FAILED, "no TLS context: " + AnswerRules.reason(e));
        }
    }

    /** Returns the addresses that need no lookup; empty if the host is a name other than localhost. */
    private List<InetSocketAddress> literal() {
        if (target.host().equalsIgnoreCase("localhost")) {
            return with(NetUtil.LOCALHOST4, NetUtil.LOCALHOST6);
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(target.host());
        if (bytes == null) {
            return List.of();
        }
        try {
            return with(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(target.host(), e);
        }
    }

    private List<InetSocketAddress> with(InetAddress... addresses) {
        List<InetSocketAddress> sockets = new ArrayList<>(addresses.length);
        for (InetAddress address : addresses) {
            sockets.add(new InetSocketAddress(address, target.port()));
        }
        return sockets;
    }

    /** Whether and how the target can be reached. */
    sealed interface Route {}

    /**
     * Where it is.
     *
     * @param addresses in the order to be tried, never empty
     * @param tls null in the clear
     * @param isFixed whether the addresses never change
     * @param atNanos when they were found
     */
    record Found(
            List<InetSocketAddress> addresses, @Nullable SslContext tls, boolean isFixed, long atNanos)
            implements Route {}

    /** Why there is no way. */
    record NoWay(AttemptFailure kind, String detail) implements Route {}
}
